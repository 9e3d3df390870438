import { retryDelayMs } from '../../domain/notifications/retry-plan';

/** Failures in a row after which the channel itself, and not one message, is taken to be at fault. */
const OPENS_AFTER = 3;
/** While a channel is at fault one delivery probes it this often, so that recovery is noticed long before a retry plan would. */
const LONGEST_PROBE_MS = 30_000;

/** The circuit breaker of one channel. Lives in the instance that serves the channel; a new one begins closed. */
export class ChannelGate {
  private failures = 0;
  private closedUntilMs = 0;

  /** Whether something may be sent now. */
  isOpenAt(now: Date): boolean {
    return now.getTime() >= this.closedUntilMs;
  }

  /** The channel is at fault: its deliveries wait for a probe to succeed, whatever their own plans say. */
  get broken(): boolean {
    return this.failures >= OPENS_AFTER;
  }

  /** @returns whether this ended a fault of the channel */
  succeeded(): boolean {
    const recovered = this.broken;
    this.failures = 0;
    this.closedUntilMs = 0;
    return recovered;
  }

  failed(now: Date, random: number, askedForMs: number | null): void {
    this.failures++;
    const waitMs = Math.min(retryDelayMs(this.failures, random, null), LONGEST_PROBE_MS);
    this.closedUntilMs = now.getTime() + Math.max(waitMs, askedForMs ?? 0);
  }
}
