import type { Scheduler } from '../../domain/schedulers/scheduler';
import type { SchedulerRepository } from '../../domain/schedulers/scheduler.repository';
import { isStale, type StaleRules } from '../../domain/schedulers/staleness';
import { belongsTo, type EodWindow, type EodWindows } from '../../domain/windows/eod-window';
import { openOccurrence } from '../../domain/windows/occurrence';
import type { IdSource } from '../../domain/shared/id-source';
import type { Task } from '../../platform/workers/task';
import type { SilenceService } from './silence.service';

export interface StaleScanDependencies {
  readonly intervalMs: number;
  readonly schedulers: SchedulerRepository;
  readonly silence: SilenceService;
  readonly windows: EodWindows;
  readonly rules: StaleRules;
  readonly ids: IdSource;
}

/** Looks for running schedulers that fell silent. Reads what is running and nothing else. */
export class StaleScanWorker implements Task {
  readonly name = 'stale-scan';
  readonly timeoutMs = 120_000;
  readonly leased = true;
  readonly schedule: Task['schedule'];

  constructor(private readonly dependencies: StaleScanDependencies) {
    this.schedule = { everyMs: dependencies.intervalMs };
  }

  async run(now: Date, signal: AbortSignal): Promise<void> {
    const { schedulers, silence, ids } = this.dependencies;
    const reporter = { keyName: 'worker:stale-scan', correlationId: ids.next() };
    const openWindows = this.dependencies.windows.filter((window) => openOccurrence(window, now) !== null);
    for await (const batch of schedulers.scanRunning()) {
      for (const scheduler of batch.filter((candidate) => this.needsReview(candidate, openWindows, now))) {
        if (signal.aborted) return;
        await silence.review(scheduler, reporter);
      }
    }
  }

  /** A new silence counts only inside the scheduler's windows; the end of one that was alerted counts always. */
  private needsReview(scheduler: Scheduler, openWindows: readonly EodWindow[], now: Date): boolean {
    const { rules, windows } = this.dependencies;
    const stale = isStale(scheduler, rules.defaultTimeoutMinutes, now);
    if (stale === (scheduler.staleAlertId !== null)) return false;
    if (!stale || rules.scan === 'always') return true;
    return openWindows.some((window) => belongsTo(window, scheduler, windows));
  }
}
