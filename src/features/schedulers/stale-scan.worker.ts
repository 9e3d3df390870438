import { Inject, Injectable } from '@nestjs/common';
import type { Scheduler } from '../../domain/schedulers/scheduler';
import { SchedulerRepository } from '../../domain/schedulers/scheduler.repository';
import { isStale, staleTimeoutMs, StaleRules } from '../../domain/schedulers/staleness';
import { belongsTo, EodWindows, type EodWindow } from '../../domain/windows/eod-window';
import { openOccurrence } from '../../domain/windows/occurrence';
import { Clock } from '../../domain/shared/clock';
import { IdSource } from '../../domain/shared/id-source';
import { ClockSteps } from '../../platform/workers/clock-steps';
import type { Hold } from '../../platform/workers/hold-lease';
import type { Task } from '../../platform/workers/task';
import { SilenceService } from './silence.service';

/** Milliseconds between two scans. */
export const StaleScanIntervalMs = Symbol('StaleScanIntervalMs');

/**
 * Looks for running schedulers that fell silent. Reads what is running and nothing else. The first scan is one interval after the start: while Vesper was
 * down nobody could be heard, and that is no silence.
 */
@Injectable()
export class StaleScanWorker implements Task {
  readonly name = 'stale-scan';
  readonly timeoutMs = 120_000;
  readonly leased = true;
  readonly schedule: Task['schedule'];
  readonly onceInMs: number;
  private readonly steps: ClockSteps;

  constructor(
    @Inject(SchedulerRepository) private readonly schedulers: SchedulerRepository,
    @Inject(EodWindows) private readonly windows: EodWindows,
    @Inject(StaleRules) private readonly rules: StaleRules,
    @Inject(IdSource) private readonly ids: IdSource,
    @Inject(StaleScanIntervalMs) intervalMs: number,
    @Inject(Clock) clock: Clock,
    private readonly silence: SilenceService,
  ) {
    this.steps = new ClockSteps(clock);
    this.schedule = { everyMs: intervalMs };
    this.onceInMs = 0.9 * intervalMs;
  }

  /** Asked also where another instance scans: a step must be noticed when it happens. */
  isDue(): boolean {
    this.steps.sinceLast();
    return true;
  }

  async run(now: Date, { signal }: Pick<Hold, 'signal'>): Promise<void> {
    const reporter = { keyName: 'worker:stale-scan', correlationId: this.ids.next() };
    const openWindows = this.windows.filter((window) => openOccurrence(window, now) !== null);
    const failures: unknown[] = [];
    for await (const batch of this.schedulers.scanRunning()) {
      for (const scheduler of batch.filter((candidate) => this.needsReview(candidate, openWindows, now))) {
        if (signal.aborted) return;
        // One that cannot be judged must not hide the others.
        await this.silence.review(scheduler, reporter).catch((error: unknown) => failures.push(error));
      }
    }
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} schedulers could not be judged`);
  }

  /** A clock that was set forward makes silences out of nothing: each has its own time again, from then on, to give a sign of life. */
  private couldBeHeard(scheduler: Scheduler): boolean {
    return this.steps.sinceLast() > staleTimeoutMs(scheduler, this.rules.defaultTimeoutMinutes);
  }

  /** A new silence counts only inside the scheduler's windows; the end of one that was alerted counts always. */
  private needsReview(scheduler: Scheduler, openWindows: readonly EodWindow[], now: Date): boolean {
    const stale = isStale(scheduler, this.rules.defaultTimeoutMinutes, now);
    if (stale === (scheduler.staleAlertId !== null)) return false;
    if (stale && !this.couldBeHeard(scheduler)) return false;
    if (!stale || this.rules.scan === 'always') return true;
    return openWindows.some((window) => belongsTo(window, scheduler, this.windows));
  }
}
