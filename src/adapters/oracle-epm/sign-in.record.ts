import type { EpmToken, EpmTokenRepository } from '../../domain/board/epm-token.repository';
import type { Clock } from '../../domain/shared/clock';
import { ChangedConcurrently } from '../../domain/shared/errors';
import { retryOnConflict } from '../../domain/shared/retry-on-conflict';
import type { TokenPair, TokenSeal } from './token-seal';

/** The refresh token with which to go on, and where it came from. */
export type Continuation =
  | { readonly kind: 'line'; readonly stored: EpmToken; readonly pair: TokenPair }
  /** The configured token, which begins a line; `stored` is what it would replace. */
  | { readonly kind: 'seed'; readonly stored: EpmToken | null };

export type Standing = Continuation | { readonly kind: 'lost'; readonly error: string };

export interface SignInRecordOptions {
  readonly connection: string;
  /** Fingerprint of the configured refresh token. */
  readonly seed: string;
  readonly tokens: EpmTokenRepository;
  readonly seal: TokenSeal;
  readonly clock: Clock;
}

interface Unsaved {
  readonly pair: TokenPair;
  readonly seed: string;
  readonly issuedAt: Date;
  /** Version that was stored when the pair's predecessor was used. */
  readonly basedOn: number;
}

/** A refresh token lives 7 days; spec 20 wants it used at least every 6. */
const RENEWED_AFTER_MS = 5.5 * 24 * 3_600_000;

/** How the sign-in of one connection stands in storage, which all instances share. What the storage fails at is thrown. */
export class SignInRecord {
  private unsaved: Unsaved | null = null;
  private saving: Promise<void> | null = null;
  /**
   * The configured token is used up, for all this process knows. Where another one stands in storage then, an instance with a
   * newer configuration has begun a new line, which this one follows.
   */
  private seedIsSpent = false;
  private issuedAt: Date | null = null;

  constructor(private readonly options: SignInRecordOptions) {}

  /** Saves first what could not be saved before. */
  async read(): Promise<Standing> {
    await this.save();
    const { connection, seed, tokens, seal } = this.options;
    const stored = await tokens.find(connection);
    if (stored?.seed === seed) this.seedIsSpent = true;
    if (stored === null || (stored.seed !== seed && !this.seedIsSpent)) return { kind: 'seed', stored };
    if (stored.refusal !== null) return { kind: 'lost', error: stored.refusal };
    const pair = await seal.open(connection, stored.sealed);
    // Not recorded as refused: with the right key it is as good as ever.
    if (pair === null)
      return { kind: 'lost', error: 'the stored tokens do not open under the configured token key' };
    this.issuedAt = stored.issuedAt;
    return { kind: 'line', stored, pair };
  }

  /** Whether the refresh token is to be used, lest it expires. Asks the storage only when it may be so. */
  async isDue(): Promise<boolean> {
    if (this.unsaved === null && this.issuedAt !== null && !this.isOld(this.issuedAt)) return false;
    const standing = await this.read();
    return standing.kind === 'seed' || (standing.kind === 'line' && this.isOld(standing.stored.issuedAt));
  }

  isOld(issuedAt: Date): boolean {
    return this.options.clock.now().getTime() - issuedAt.getTime() >= RENEWED_AFTER_MS;
  }

  /** Stores the successor. It is the only one that is still valid, so that it is kept here until the storage takes it. */
  async replace(from: Continuation, pair: TokenPair): Promise<void> {
    const seed = from.kind === 'line' ? from.stored.seed : this.options.seed;
    const basedOn = from.stored?.version ?? 0;
    this.unsaved = { pair, seed, issuedAt: this.options.clock.now(), basedOn };
    this.seedIsSpent = true;
    await this.save();
  }

  /** Goes on with what is stored, although the configuration names another token. */
  forgetSeed(): void {
    this.seedIsSpent = true;
  }

  /** Durably: no instance asks again until a person has signed in. @returns `false` when somebody has stored something since */
  async refuse(from: Continuation, refusal: string): Promise<boolean> {
    const { connection, tokens, clock } = this.options;
    const seed = from.kind === 'line' ? from.stored.seed : this.options.seed;
    const before = from.stored ?? { connection, sealed: '', issuedAt: clock.now(), version: 0 };
    try {
      await tokens.record({ ...before, seed, refusal });
      return true;
    } catch (error) {
      if (error instanceof ChangedConcurrently) return false;
      throw error;
    }
  }

  /** One at a time: the second would write over what others have made of the first. */
  private async save(): Promise<void> {
    const { unsaved } = this;
    if (unsaved === null) return;
    this.saving ??= this.write(unsaved).finally(() => {
      this.saving = null;
    });
    await this.saving;
  }

  private async write(unsaved: Unsaved): Promise<void> {
    const { connection, tokens, seal, clock } = this.options;
    const { pair, seed, issuedAt, basedOn } = unsaved;
    const sealed = await seal.seal(connection, pair);
    await retryOnConflict(clock, async () => {
      const stored = await tokens.find(connection);
      const version = stored?.version ?? 0;
      // A write that seemed to fail and did not, with what others made of it since; or a new line that was begun meanwhile. A
      // refusal, however, is of somebody who knew only the predecessor.
      if (version !== basedOn && stored?.refusal === null) return;
      await tokens.record({ connection, sealed, seed, issuedAt, refusal: null, version });
    });
    this.unsaved = null;
    this.issuedAt = issuedAt;
  }
}
