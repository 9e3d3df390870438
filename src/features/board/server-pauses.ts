import { backOffMs } from '../../domain/shared/back-off';
import type { Clock } from '../../domain/shared/clock';

interface Pause {
  readonly untilMs: number;
  readonly failures: number;
  readonly reason: string;
}

const LONGEST_PAUSE_MS = 5 * 60_000;

/** Leaves servers alone that do not answer: for one interval, then twice as long each time, up to five minutes; with jitter. */
export class ServerPauses {
  private readonly pauses = new Map<string, Pause>();

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly intervalMs: number,
  ) {}

  /** Why the server is not to be asked now; `null` when it may be. */
  reasonOf(server: string): string | null {
    const pause = this.pauses.get(server);
    return pause !== undefined && this.clock.monotonicMs() < pause.untilMs ? pause.reason : null;
  }

  failed(server: string, reason: string): void {
    // Several questions that were on their way fail together: one failure.
    if (this.reasonOf(server) !== null) return;
    const failures = (this.pauses.get(server)?.failures ?? 0) + 1;
    const plannedMs = backOffMs(failures, { firstMs: this.intervalMs, longestMs: LONGEST_PAUSE_MS });
    const pauseMs = plannedMs * (0.75 + 0.25 * this.random());
    this.pauses.set(server, { untilMs: this.clock.monotonicMs() + pauseMs, failures, reason });
  }

  answered(server: string): void {
    this.pauses.delete(server);
  }
}
