import type { Clock } from '../../domain/shared/clock';

/** A wall clock that is disciplined drifts by less between two looks. */
const DRIFT_MS = 1_000;

/**
 * Notices that the wall clock was set forward, by an operator, by NTP, or because the machine was suspended: whatever is dated before looks older than it is.
 * Setting it back is none: nothing looks older by that.
 */
export class ClockSteps {
  private aheadMs: number;
  private steppedAtMs = -Infinity;

  constructor(private readonly clock: Clock) {
    this.aheadMs = this.measure();
  }

  /** Milliseconds since the last step that was noticed; `Infinity` when there was none. To be asked more often than answers matter. */
  sinceLast(): number {
    const aheadMs = this.measure();
    if (aheadMs - this.aheadMs > DRIFT_MS) this.steppedAtMs = this.clock.monotonicMs();
    this.aheadMs = aheadMs;
    return this.clock.monotonicMs() - this.steppedAtMs;
  }

  private measure(): number {
    return this.clock.now().getTime() - this.clock.monotonicMs();
  }
}
