import type { Clock } from '../../domain/shared/clock';
import type { Authorization, EpmAuth, Granted } from './epm-auth';
import type { EpmLog } from './epm-log';
import { isFresh, type AccessToken, type TokenGrant, type TokenNeed, type TokenOutcome } from './token-grant';

/** Access tokens of one connection: kept while they are fresh, and asked for once at a time however many wait for one. */
export class OAuthEpmAuth implements EpmAuth {
  private token: AccessToken | null = null;
  private flight: Promise<TokenOutcome> | null = null;
  /** The fault that was logged last; each is said once, until a token comes. */
  private told: string | null = null;

  constructor(
    private readonly connection: string,
    private readonly grant: TokenGrant,
    private readonly clock: Clock,
    private readonly log: EpmLog,
  ) {}

  async authorize(signal: AbortSignal): Promise<Authorization> {
    return this.authorizeWith({ rejected: null, renewal: false }, signal);
  }

  /** Another call may have fetched a new token since the refused one was taken. */
  async reauthorize({ secrets }: Granted, signal: AbortSignal): Promise<Authorization> {
    return this.authorizeWith({ rejected: secrets[0] ?? null, renewal: false }, signal);
  }

  /** Uses what expires when it is not used. */
  async renew(signal: AbortSignal): Promise<void> {
    await this.fetch({ rejected: null, renewal: true }, signal);
  }

  private async authorizeWith(need: TokenNeed, signal: AbortSignal): Promise<Authorization> {
    const { token } = this;
    if (token !== null && token.value !== need.rejected && isFresh(token, this.clock.now()))
      return toGranted(token);
    const outcome = await this.fetch(need, signal);
    // Withdrawn, and not to be replaced: nothing is asked with it any more.
    if (outcome.kind === 'refused' && this.token?.value === need.rejected) this.token = null;
    return outcome.kind === 'token' ? toGranted(outcome.token) : outcome;
  }

  /** Joins the fetch under way. One that began for another reason may bring just the token that was rejected: then once more. */
  private async fetch(need: TokenNeed, signal: AbortSignal): Promise<TokenOutcome> {
    for (;;) {
      const joined = this.flight;
      const outcome = await (joined ?? this.begin(need, signal));
      const isNoUse = outcome.kind === 'token' && outcome.token.value === need.rejected;
      if (joined === null || !isNoUse) return outcome;
    }
  }

  private begin(need: TokenNeed, signal: AbortSignal): Promise<TokenOutcome> {
    const obtained = this.grant.obtain(need, signal);
    this.flight = obtained
      .then((outcome) => this.take(outcome))
      .finally(() => {
        this.flight = null;
      });
    return this.flight;
  }

  private take(outcome: TokenOutcome): TokenOutcome {
    if (outcome.kind === 'token') {
      this.token = outcome.token;
      this.told = null;
    } else if (outcome.error !== this.told) {
      this.told = outcome.error;
      const fields = { connection: this.connection, reason: outcome.error };
      if (outcome.kind === 'refused') this.log.error(fields, 'the sign-in at EPM is refused');
      else this.log.warn(fields, 'the sign-in at EPM gives no token now');
    }
    return outcome;
  }
}

function toGranted({ value }: AccessToken): Granted {
  return { kind: 'granted', header: `Bearer ${value}`, secrets: [value] };
}
