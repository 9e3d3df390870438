import { backOffMs } from '../../domain/shared/back-off';
import type { Clock } from '../../domain/shared/clock';
import type { EpmAuthConfig } from '../../platform/config/config';
import type { Authorization, EpmAuth, Granted, Verdict } from './epm-auth';
import { Slots } from './slots';

export type BasicConfig = Extract<EpmAuthConfig, { type: 'basic' }>;

/** Identity domains lock users out after a few wrong passwords; a question each half a minute would do that within minutes. */
const PAUSES = { firstMs: 10 * 60_000, longestMs: 60 * 60_000 };
/** A pod that hangs must not hold up the others: of the 30 s that it has, so long passes before another question is tried. */
const PATIENCE_MS = 10_000;
const REFUSED: Authorization = {
  kind: 'refused',
  error: 'EPM refuses user and password (HTTP 401); they are tried again after 10 minutes, then less often',
};
const GIVEN_UP: Authorization = { kind: 'unreachable', error: 'given up before it was asked' };

/**
 * One user and password, for all servers that are asked with them. Fails for users with a second factor, and silently once the
 * password has expired. Of questions that come together one goes first, and the others only once it was accepted: a wrong password
 * is sent once, however many ask, and not again before a pause is over, which grows each time.
 */
export class BasicEpmAuth implements EpmAuth {
  private readonly header: Granted;
  private readonly turn = new Slots(1);
  /** Questions that wait for their turn or for EPM. */
  private busy = 0;
  /** Accepted by some server since there was last nothing to ask: a password may expire between two polls. */
  private isProven = false;
  /** In a row. */
  private refusals = 0;
  private pausedUntilMs = 0;

  constructor(
    { username, password }: BasicConfig,
    private readonly clock: Clock,
  ) {
    const encoded = Buffer.from(`${username}:${password.reveal()}`).toString('base64');
    this.header = { kind: 'granted', header: `Basic ${encoded}`, secrets: [encoded, password.reveal()] };
  }

  async authorize(signal: AbortSignal): Promise<Authorization> {
    this.busy++;
    const authorization = this.settle() ?? (await this.waitForTurn(signal));
    if (authorization.kind !== 'granted') this.leave();
    return authorization;
  }

  /** There is nothing fresher than a password. */
  reauthorize(): Promise<Authorization> {
    return Promise.resolve(REFUSED);
  }

  private async waitForTurn(signal: AbortSignal): Promise<Authorization> {
    const endTurn = await this.turn.take(signal);
    if (endTurn === null) return GIVEN_UP;
    const settled = this.settle();
    if (settled === null) return this.tryFirst(endTurn);
    endTurn();
    return settled;
  }

  /** @returns `null` when it is to be tried first */
  private settle(): Authorization | null {
    if (this.isPaused()) return REFUSED;
    return this.isProven ? this.grant() : null;
  }

  private tryFirst(endTurn: () => void): Authorization {
    const answered = new AbortController();
    void this.clock.sleep(PATIENCE_MS, answered.signal).then(endTurn);
    return this.grant(() => answered.abort());
  }

  private grant(onAnswer?: () => void): Granted {
    const learn = (verdict: Verdict) => {
      this.learn(verdict);
      this.leave();
      onAnswer?.();
    };
    return { ...this.header, learn };
  }

  /** Answers to what was on its way when a pause began change nothing: several refusals at once are one. */
  private learn(verdict: Verdict): void {
    if (verdict === 'unsaid' || this.isPaused()) return;
    this.isProven = verdict === 'accepted';
    this.refusals = this.isProven ? 0 : this.refusals + 1;
    if (this.isProven) return;
    this.pausedUntilMs = this.clock.monotonicMs() + backOffMs(this.refusals, PAUSES);
  }

  private leave(): void {
    this.busy--;
    if (this.busy === 0) this.isProven = false;
  }

  private isPaused(): boolean {
    return this.clock.monotonicMs() < this.pausedUntilMs;
  }
}
