import { randomBytes } from 'node:crypto';

export interface AccessToken {
  readonly client: string;
  /** `null` = the token names nobody (client credentials). */
  readonly user: string | null;
  readonly scopes: readonly string[];
  /** Epoch ms; invalid from this moment on. */
  readonly expiresAt: number;
}

export interface RefreshToken {
  readonly client: string;
  readonly user: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
  isConsumed: boolean;
}

export interface Lifetimes {
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
}

/** Every token the identity domain has issued. Access tokens can be withdrawn; refresh tokens serve once. */
export class Tokens {
  private access = new Map<string, AccessToken>();
  private refresh = new Map<string, RefreshToken>();

  constructor(
    private readonly now: () => number,
    private readonly lifetimes: Lifetimes,
  ) {}

  issueAccess(grant: Omit<AccessToken, 'expiresAt'>): { value: string; expiresIn: number } {
    const expiresIn = this.lifetimes.accessTokenSeconds;
    const value = newValue('access');
    this.access.set(value, { ...grant, expiresAt: this.now() + expiresIn * 1_000 });
    return { value, expiresIn };
  }

  issueRefresh(grant: Pick<RefreshToken, 'client' | 'user' | 'scopes'>): string {
    const value = newValue('refresh');
    const expiresAt = this.now() + this.lifetimes.refreshTokenSeconds * 1_000;
    this.refresh.set(value, { ...grant, expiresAt, isConsumed: false });
    return value;
  }

  /** A token that is known, not expired and not withdrawn. */
  findAccess(value: string): AccessToken | null {
    const token = this.access.get(value);
    return token && this.now() < token.expiresAt ? token : null;
  }

  /** Known to the identity domain, whatever has become of it. */
  findRefresh(value: string): RefreshToken | null {
    return this.refresh.get(value) ?? null;
  }

  /** As if an administrator had withdrawn every access token: each answers 401 from now on. */
  revokeAccess(): void {
    this.access.clear();
  }

  /** From now on a person has to sign in again. */
  revokeRefresh(): void {
    this.refresh.clear();
  }

  /** The tokens that would still be accepted. */
  countLiving(): { access: number; refresh: number } {
    const isLiving = ({ expiresAt }: { expiresAt: number }): boolean => this.now() < expiresAt;
    return {
      access: [...this.access.values()].filter(isLiving).length,
      refresh: [...this.refresh.values()].filter((token) => isLiving(token) && !token.isConsumed).length,
    };
  }
}

/** Opaque to everybody; recognisable, so that a test can look for one in a log. */
function newValue(kind: 'access' | 'refresh'): string {
  return `fake-${kind}-${randomBytes(24).toString('base64url')}`;
}
