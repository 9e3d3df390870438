import type { Clock } from '../../domain/shared/clock';
import { retryDelayMs } from '../../domain/notifications/retry-plan';

/** Failures in a row after which the channel itself, and not one message, is taken to be at fault. */
const OPENS_AFTER = 3;
/** While a channel is at fault one delivery probes it this often, so that recovery is noticed long before a retry plan would. */
const LONGEST_PROBE_MS = 30_000;

/** The circuit breaker of one channel. Lives in the instance that serves the channel; a new one begins closed. */
export class ChannelGate {
  private failures = 0;
  /** On the monotonic clock: a wall clock that steps back must not keep a channel closed. */
  private closedUntilMs = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Whether something may be sent now. */
  isOpen(): boolean {
    return this.clock.monotonicMs() >= this.closedUntilMs;
  }

  /** The channel is at fault: its deliveries wait for a probe to succeed, whatever their own plans say. */
  get broken(): boolean {
    return this.failures >= OPENS_AFTER;
  }

  /** @returns whether this ended a fault of the channel */
  succeeded(): boolean {
    const recovered = this.broken;
    this.failures = 0;
    this.closedUntilMs = -Infinity;
    return recovered;
  }

  /** @returns whether the channel is taken to be at fault from now on */
  failed(random: number, askedForMs: number | null): boolean {
    this.failures++;
    const waitMs = Math.min(retryDelayMs(this.failures, random, null), LONGEST_PROBE_MS);
    this.closedUntilMs = this.clock.monotonicMs() + Math.max(waitMs, askedForMs ?? 0);
    return this.failures === OPENS_AFTER;
  }
}
