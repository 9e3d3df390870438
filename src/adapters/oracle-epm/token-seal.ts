import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from '../../platform/config/secret';
import type { AccessToken } from './token-grant';

/** What one refresh brings, and what the next one needs. */
export interface TokenPair {
  readonly refreshToken: string;
  readonly access: AccessToken;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** NIST SP 800-38D: 96 bits, never twice under one key; random ones suffice for billions of records. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

const derive = promisify<string, string, number, Buffer>(scrypt);

/**
 * Encrypts tokens for storage: AES-256-GCM under a key that scrypt makes of the configured one, so that a guessable one is not
 * guessed quickly. A sealed pair belongs to its connection and opens under no other name.
 */
export class TokenSeal {
  private readonly keys = new Map<string, Promise<Buffer>>();

  constructor(private readonly tokenKey: Secret) {}

  async seal(connection: string, { refreshToken, access }: TokenPair): Promise<string> {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, await this.keyOf(connection), nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(labelOf(connection));
    const text = JSON.stringify({
      refresh_token: refreshToken,
      access_token: access.value,
      fresh_until: access.freshUntil.toISOString(),
    });
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${VERSION}.${sealed.toString('base64url')}`;
  }

  /** @returns `null` when it was sealed under another key or for another connection, or is damaged: nobody can tell which */
  async open(connection: string, sealed: string): Promise<TokenPair | null> {
    const key = await this.keyOf(connection);
    const [version, encoded = ''] = sealed.split('.', 2);
    const bytes = Buffer.from(encoded, 'base64url');
    if (version !== VERSION || bytes.length <= NONCE_BYTES + TAG_BYTES) return null;
    try {
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(labelOf(connection));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const text = Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
      return fromText(text.toString('utf8'));
    } catch {
      return null;
    }
  }

  private keyOf(connection: string): Promise<Buffer> {
    const known = this.keys.get(connection) ?? derive(this.tokenKey.reveal(), saltOf(connection), KEY_BYTES);
    this.keys.set(connection, known);
    return known;
  }
}

/** What was authenticated was written by {@link TokenSeal.seal}. */
function fromText(text: string): TokenPair {
  const { refresh_token, access_token, fresh_until } = JSON.parse(text) as Readonly<Record<string, string>>;
  if (refresh_token === undefined || access_token === undefined || fresh_until === undefined)
    throw new Error('the sealed tokens are incomplete');
  return {
    refreshToken: refresh_token,
    access: { value: access_token, freshUntil: new Date(fresh_until) },
  };
}

function labelOf(connection: string): Buffer {
  return Buffer.from(`vesper epm tokens ${VERSION} of ${connection}`);
}

function saltOf(connection: string): string {
  return `vesper epm token key of ${connection}`;
}
