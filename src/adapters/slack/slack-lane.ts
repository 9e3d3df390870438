import type { Clock } from '../../domain/shared/clock';

/** Alerts go before tables when both wait. */
export type Priority = 'alert' | 'table';

export type Turn =
  /** `leave` must be called when the call has ended, whatever its outcome. */
  | { readonly kind: 'granted'; readonly leave: () => void }
  /** Slack asked for a pause longer than it is worth waiting here. */
  | { readonly kind: 'paused'; readonly forMs: number }
  | { readonly kind: 'aborted' };

/** A longer pause is handed back to the caller, whose queue can do other things meanwhile. */
const LONGEST_WAIT_FOR_PAUSE_MS = 5_000;

interface Waiter {
  readonly priority: Priority;
  readonly answer: (turn: Turn) => void;
}

/** Calls that share one of Slack's rate limits queue here: one after the other, the next no sooner than `spacingMs` after the last ended. */
export class SlackLane {
  private waiters: Waiter[] = [];
  private freeAtMs = 0;
  private pausedUntilMs = 0;
  private isBusy = false;
  private isPumping = false;
  /** Ends the pump's sleep when nobody is left to wait for. */
  private deserted = new AbortController();

  /** @param spacingMs `null`: calls may overlap, only pauses hold them up */
  constructor(
    private readonly clock: Clock,
    private readonly spacingMs: number | null,
  ) {}

  enter(priority: Priority, signal: AbortSignal): Promise<Turn> {
    if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
    return new Promise((resolve) => {
      const giveUp = () => this.drop(waiter);
      const waiter: Waiter = {
        priority,
        answer: (turn) => {
          signal.removeEventListener('abort', giveUp);
          resolve(turn);
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.waiters.push(waiter);
      this.pump();
    });
  }

  /** Nobody enters for this long. A longer pause that was asked for before stays. */
  pause(forMs: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, this.clock.monotonicMs() + forMs);
  }

  private drop(waiter: Waiter): void {
    this.waiters = this.waiters.filter((other) => other !== waiter);
    waiter.answer({ kind: 'aborted' });
    if (this.waiters.length === 0) this.deserted.abort();
  }

  private pump(): void {
    if (!this.isPumping) void this.serve();
  }

  /** Serves whoever waits until nobody does, or the one who was let in has to leave first. */
  private async serve(): Promise<void> {
    this.isPumping = true;
    for (let next = this.next(); next !== undefined; next = this.next()) {
      const pauseMs = this.pausedUntilMs - this.clock.monotonicMs();
      const waitMs = Math.max(pauseMs, this.freeAtMs - this.clock.monotonicMs());
      if (pauseMs > LONGEST_WAIT_FOR_PAUSE_MS) this.sendAway(pauseMs);
      else if (waitMs > 0) await this.sleep(waitMs);
      else this.letIn(next);
    }
    // In the same breath as the last look at the queue, so that nobody can enter unseen in between.
    this.isPumping = false;
  }

  /** Who is to be let in next; nobody while one is in who must be alone. */
  private next(): Waiter | undefined {
    if (this.isBusy) return undefined;
    return this.waiters.find(({ priority }) => priority === 'alert') ?? this.waiters[0];
  }

  private sendAway(forMs: number): void {
    const waiting = this.waiters;
    this.waiters = [];
    for (const waiter of waiting) waiter.answer({ kind: 'paused', forMs });
  }

  private sleep(ms: number): Promise<void> {
    this.deserted = new AbortController();
    return this.clock.sleep(ms, this.deserted.signal);
  }

  private letIn(waiter: Waiter): void {
    this.waiters = this.waiters.filter((other) => other !== waiter);
    this.isBusy = this.spacingMs !== null;
    waiter.answer({ kind: 'granted', leave: () => this.left() });
  }

  private left(): void {
    this.isBusy = false;
    // From the end on, not the start: only then is it certain that Slack had the last call by then.
    this.freeAtMs = this.clock.monotonicMs() + (this.spacingMs ?? 0);
    this.pump();
  }
}
