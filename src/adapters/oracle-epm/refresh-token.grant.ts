import type { Clock } from '../../domain/shared/clock';
import type { LeaseRepository } from '../../domain/shared/lease';
import type { Secret } from '../../platform/config/secret';
import { holdLease, type Hold } from '../../platform/workers/hold-lease';
import type { EpmLog } from './epm-log';
import type { Continuation, SignInRecord, Standing } from './sign-in.record';
import type { TokenClient, TokenReply } from './token.client';
import { isFresh, type TokenGrant, type TokenNeed, type TokenOutcome } from './token-grant';

export interface RefreshTokenGrantOptions {
  readonly connection: string;
  /** As configured: a person's sign-in, with which a line of tokens begins. */
  readonly refreshToken: Secret;
  readonly client: TokenClient;
  readonly record: SignInRecord;
  readonly leases: LeaseRepository;
  /** Names this instance in leases. */
  readonly instanceId: string;
  readonly clock: Clock;
  readonly log: EpmLog;
}

/** A refresher that dies is waited for no longer than this. */
const LEASE_TTL_MS = 30_000;
/** Somebody else's refresh takes at most the identity service's 30 s. */
const PATIENCE_MS = 35_000;
const LOOK_AGAIN_MS = 500;
/** Each time somebody else has stored something meanwhile. */
const ATTEMPTS = 4;

/**
 * A user's sign-in that lives on by refreshing. A refresh token serves once, so one instance refreshes at a time, the others use what it
 * stored, and nothing is used before it is stored.
 *
 * What cannot be helped: when the answer of the identity service is lost after it has consumed the token, the next attempt with
 * the same token is `invalid_grant`, and a person has to sign in again.
 */
export class RefreshTokenGrant implements TokenGrant {
  constructor(private readonly options: RefreshTokenGrantOptions) {}

  /** A storage that does not answer is logged, and gives no token. */
  async obtain(need: TokenNeed, signal: AbortSignal): Promise<TokenOutcome> {
    const { connection, log } = this.options;
    try {
      return await this.findOrRefresh(need, signal);
    } catch (err) {
      log.error({ connection, err }, 'the sign-in at EPM cannot be read or stored');
      return { kind: 'unreachable', error: `the sign-in ${connection} cannot be read or stored now` };
    }
  }

  private async findOrRefresh(need: TokenNeed, signal: AbortSignal): Promise<TokenOutcome> {
    const { clock, connection, record } = this.options;
    const begunAtMs = clock.monotonicMs();
    for (;;) {
      const settled = this.settle(await record.read(), need);
      if (!isContinuation(settled)) return settled;
      if (signal.aborted) return { kind: 'unreachable', error: 'given up before the sign-in was renewed' };
      const outcome = await this.refreshAlone(need);
      if (outcome !== null) return outcome;
      if (clock.monotonicMs() - begunAtMs > PATIENCE_MS)
        return { kind: 'unreachable', error: `another instance is renewing the sign-in ${connection}` };
      await clock.sleep(LOOK_AGAIN_MS * (0.5 + Math.random()), signal);
    }
  }

  /** @returns with what the identity service is to be asked, when it has to be */
  private settle(standing: Standing, { rejected, renewal }: TokenNeed): TokenOutcome | Continuation {
    const { clock, record } = this.options;
    if (standing.kind === 'lost') return { kind: 'refused', error: standing.error };
    if (standing.kind === 'seed') return standing;
    const { access } = standing.pair;
    if (renewal && record.isOld(standing.stored.issuedAt)) return standing;
    if (access.value === rejected || !isFresh(access, clock.now())) return standing;
    return { kind: 'token', token: access };
  }

  /**
   * Under the lease, which ends with the work and not with whoever waits for it: a refresh that is broken off is a lost sign-in.
   * @returns `null` when another instance holds it
   */
  private async refreshAlone(need: TokenNeed): Promise<TokenOutcome | null> {
    const { leases, clock, connection, instanceId } = this.options;
    let outcome: TokenOutcome | null = null;
    const request = {
      name: `epm-token:${connection}`,
      owner: instanceId,
      ttlMs: LEASE_TTL_MS,
      signal: new AbortController().signal,
    };
    await holdLease(leases, clock, request, async (hold) => {
      outcome = await this.refresh(need, hold);
    });
    return outcome;
  }

  private async refresh(need: TokenNeed, hold: Hold): Promise<TokenOutcome> {
    const { record, client } = this.options;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const settled = this.settle(await record.read(), need);
      if (!isContinuation(settled)) return settled;
      if (!hold.isHeld()) break;
      const outcome = await this.conclude(settled, await client.refresh(this.tokenOf(settled)));
      if (outcome !== null) return outcome;
    }
    return {
      kind: 'unreachable',
      error: `the sign-in ${this.options.connection} is being renewed elsewhere`,
    };
  }

  private tokenOf(from: Continuation): string {
    return from.kind === 'line' ? from.pair.refreshToken : this.options.refreshToken.reveal();
  }

  /** @returns `null` when it is to be read again how things stand */
  private async conclude(from: Continuation, reply: TokenReply): Promise<TokenOutcome | null> {
    const { record, connection, log } = this.options;
    if (reply.kind === 'invalid_grant') return this.concludeRefusal(from, reply.error);
    if (reply.kind !== 'granted') return reply;
    const { access } = reply;
    await record.replace(from, { access, refreshToken: reply.refreshToken ?? this.tokenOf(from) });
    log.info({ connection }, 'the sign-in at EPM was renewed');
    return { kind: 'token', token: access };
  }

  private async concludeRefusal(from: Continuation, error: string): Promise<TokenOutcome | null> {
    const { record, connection, log } = this.options;
    if (from.kind === 'seed' && from.stored?.refusal === null) {
      record.forgetSeed();
      const sentence = 'the configured refresh token is refused; the sign-in in storage goes on';
      log.warn({ connection, reason: error }, sentence);
      return null;
    }
    // Whoever woke up after its lease had passed on has asked with a token that somebody else had used well, and stored its successor.
    return (await record.refuse(from, error)) ? { kind: 'refused', error } : null;
  }
}

function isContinuation(settled: TokenOutcome | Continuation): settled is Continuation {
  return settled.kind === 'line' || settled.kind === 'seed';
}
