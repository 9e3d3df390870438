import type { SendingRights } from '../../domain/notifications/notification';
import { backOffMs } from '../../domain/shared/back-off';
import type { Clock } from '../../domain/shared/clock';
import { ChangedConcurrently } from '../../domain/shared/errors';
import type { EodWindow, EodWindows } from '../../domain/windows/eod-window';
import { newestStep } from '../../domain/windows/night';
import { occurrencesInPlay, type Occurrence } from '../../domain/windows/occurrence';
import type { TablePublisher } from '../../domain/windows/table-publisher';
import type { Hold } from '../../platform/workers/hold-lease';
import type { Task } from '../../platform/workers/task';
import type { NightObserver } from './night-observer';
import type { NightService } from './night.service';

export interface EodTableDependencies {
  readonly windows: EodWindows;
  readonly nights: NightService;
  readonly publisher: TablePublisher;
  readonly observer: NightObserver;
  readonly clock: Clock;
}

/** What this instance knows of a night without asking the storage. */
interface Progress {
  /** The newest step known to be done: its instant in ms, or Infinity for the close. */
  readonly doneMs: number;
  /** On the monotonic clock: a wall clock that steps back must not lengthen a pause. */
  readonly notBeforeMs: number;
  readonly interruptions: number;
}

const NOTHING_DONE: Progress = { doneMs: -Infinity, notBeforeMs: -Infinity, interruptions: 0 };
const PAUSES = { firstMs: 5_000, longestMs: 60_000 };

/**
 * Start, interval and summary of all windows. It looks every few seconds which step is due instead of having a cron per step, because a step that was
 * missed (restart, Slack down, suspended machine) is then made up by the same code as one in time; the storage knows what was done.
 */
export class EodTableWorker implements Task {
  readonly name = 'eod-table';
  readonly timeoutMs = 300_000;
  readonly leased = true;
  readonly schedule: Task['schedule'];

  private progress = new Map<string, Progress>();

  constructor(private readonly dependencies: EodTableDependencies) {
    this.schedule = { cron: '*/5 * * * * *', timeZone: dependencies.windows[0]?.timeZone ?? 'UTC' };
  }

  isDue(now: Date): boolean {
    return this.dependencies.publisher.state === 'enabled' && this.dueNights(now).length > 0;
  }

  /** Windows do not wait for one another: each has its own channel and its own faults. */
  async run(now: Date, hold: Hold): Promise<void> {
    const due = this.dueNights(now);
    this.forgetAllBut(now);
    const results = await Promise.allSettled(
      due.map(({ window, occurrence }) =>
        this.advance(window, occurrence, now, { signal: hold.signal, mayAct: hold.isHeld }),
      ),
    );
    const failures = results
      .filter((result) => result.status === 'rejected')
      .map((result): unknown => result.reason);
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, `${failures.length} windows failed`);
  }

  private async advance(
    window: EodWindow,
    occurrence: Occurrence,
    now: Date,
    rights: SendingRights,
  ): Promise<void> {
    const before = this.progressOf(window, occurrence);
    try {
      const result = await this.dependencies.nights.advance(window, occurrence, rights);
      if (result.kind !== 'interrupted') {
        if (result.kind === 'done') this.dependencies.observer.advanced(window.name, occurrence.businessDate);
        this.progress.set(keyOf(window, occurrence), {
          ...NOTHING_DONE,
          doneMs: stepMs(window, occurrence, now),
        });
        return;
      }
      this.dependencies.observer.interrupted(window.name, occurrence.businessDate, result.interruption);
      this.pause(window, occurrence, before, result.interruption.retryAfterMs);
    } catch (error) {
      this.pause(window, occurrence, before, null);
      // Another instance is at it: its turn, and a look afterwards.
      if (!(error instanceof ChangedConcurrently)) throw error;
    }
  }

  private pause(
    window: EodWindow,
    occurrence: Occurrence,
    before: Progress,
    askedForMs: number | null,
  ): void {
    const interruptions = before.interruptions + 1;
    const pauseMs = Math.max(backOffMs(interruptions, PAUSES), askedForMs ?? 0);
    const notBeforeMs = this.dependencies.clock.monotonicMs() + pauseMs;
    this.progress.set(keyOf(window, occurrence), { ...before, notBeforeMs, interruptions });
  }

  private dueNights(now: Date): readonly { window: EodWindow; occurrence: Occurrence }[] {
    return this.dependencies.windows.flatMap((window) =>
      occurrencesInPlay(window, now)
        .filter((occurrence) => {
          const { doneMs, notBeforeMs } = this.progressOf(window, occurrence);
          return (
            this.dependencies.clock.monotonicMs() >= notBeforeMs && stepMs(window, occurrence, now) > doneMs
          );
        })
        .map((occurrence) => ({ window, occurrence })),
    );
  }

  private progressOf(window: EodWindow, occurrence: Occurrence): Progress {
    return this.progress.get(keyOf(window, occurrence)) ?? NOTHING_DONE;
  }

  private forgetAllBut(now: Date): void {
    const inPlay = new Set(
      this.dependencies.windows.flatMap((window) =>
        occurrencesInPlay(window, now).map((occurrence) => keyOf(window, occurrence)),
      ),
    );
    this.progress = new Map([...this.progress].filter(([key]) => inPlay.has(key)));
  }
}

function keyOf(window: EodWindow, occurrence: Occurrence): string {
  return `${window.name}:${occurrence.businessDate}`;
}

function stepMs(window: EodWindow, occurrence: Occurrence, now: Date): number {
  const step = newestStep(window, occurrence, now);
  if (step === null) return -Infinity;
  return step === 'close' ? Infinity : step.getTime();
}
