import { Inject, Injectable } from '@nestjs/common';
import { SCHEDULER_STATUSES, type SchedulerStatus } from '../../domain/schedulers/scheduler';
import { SchedulerRepository } from '../../domain/schedulers/scheduler.repository';
import { isStale, StaleRules } from '../../domain/schedulers/staleness';
import { Metrics } from '../../platform/metrics/metrics';
import type { Hold } from '../../platform/workers/hold-lease';
import type { Task } from '../../platform/workers/task';

/** Milliseconds between two counts: it reads every scheduler, so often where that is free, seldom where reads are paid for. */
export const CensusIntervalMs = Symbol('CensusIntervalMs');

/** Counts the schedulers for the metrics. Leased: among several instances one reports, so that sums are right. */
@Injectable()
export class CensusWorker implements Task {
  readonly name = 'census';
  readonly timeoutMs = 300_000;
  readonly leased = true;
  readonly schedule: Task['schedule'];
  readonly onceInMs: number;

  constructor(
    @Inject(SchedulerRepository) private readonly schedulers: SchedulerRepository,
    @Inject(StaleRules) private readonly rules: StaleRules,
    @Inject(CensusIntervalMs) intervalMs: number,
    private readonly metrics: Metrics,
  ) {
    this.schedule = { everyMs: intervalMs };
    this.onceInMs = 0.9 * intervalMs;
  }

  /** Whoever counted last says nothing any more, or sums over instances would count twice. */
  heldElsewhere(): void {
    this.metrics.schedulers.reset();
    this.metrics.staleSchedulers.set(0);
  }

  async run(now: Date, { signal }: Pick<Hold, 'signal'>): Promise<void> {
    const counts = new Map<SchedulerStatus, number>(SCHEDULER_STATUSES.map((status) => [status, 0]));
    let stale = 0;
    for await (const batch of this.schedulers.scanAll()) {
      if (signal.aborted) return;
      for (const scheduler of batch) {
        counts.set(scheduler.status, (counts.get(scheduler.status) ?? 0) + 1);
        if (isStale(scheduler, this.rules.defaultTimeoutMinutes, now)) stale++;
      }
    }
    for (const [status, count] of counts) this.metrics.schedulers.set({ status }, count);
    this.metrics.staleSchedulers.set(stale);
  }
}
