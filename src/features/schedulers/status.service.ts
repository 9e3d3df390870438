import { Inject, Injectable } from '@nestjs/common';
import { Bell } from '../../domain/notifications/bell';
import { decideStatusUpdate } from '../../domain/schedulers/decide-status-update';
import type { Scheduler } from '../../domain/schedulers/scheduler';
import { SchedulerNotRegistered } from '../../domain/schedulers/scheduler.errors';
import { SchedulerRepository } from '../../domain/schedulers/scheduler.repository';
import type { Reporter, StatusUpdate } from '../../domain/schedulers/status-update';
import { Clock } from '../../domain/shared/clock';
import { IdSource } from '../../domain/shared/id-source';
import { retryOnConflict } from '../../domain/shared/retry-on-conflict';
import { EodWindows, timeZoneOf } from '../../domain/windows/eod-window';
import { Metrics } from '../../platform/metrics/metrics';
import { KeyedQueue } from '../../platform/workers/keyed-queue';

/** The record as it stands after an update. */
export interface StatusReceipt {
  readonly scheduler: Scheduler;
  /** Whether the reported update is what the current status says; `false` for a late one. */
  readonly applied: boolean;
}

@Injectable()
export class StatusService {
  /** Updates of one scheduler in this process do not race each other; those of other instances are told apart by version. */
  private readonly queue: KeyedQueue;

  constructor(
    @Inject(SchedulerRepository) private readonly schedulers: SchedulerRepository,
    @Inject(EodWindows) private readonly windows: EodWindows,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdSource) private readonly ids: IdSource,
    @Inject(Bell) private readonly bell: Bell,
    private readonly metrics: Metrics,
  ) {
    this.queue = new KeyedQueue(clock);
  }

  /**
   * Resolves when the update, its history entry and whatever must be told are durable.
   * @param receivedAt when it was accepted, if that was earlier
   * @throws SchedulerNotRegistered
   * @throws TimestampAhead
   */
  update(update: StatusUpdate, reporter: Reporter, receivedAt: Date | null = null): Promise<StatusReceipt> {
    return this.queue.run(update.schedulerId, () =>
      retryOnConflict(this.clock, () => this.attempt(update, reporter, receivedAt)),
    );
  }

  private async attempt(
    update: StatusUpdate,
    reporter: Reporter,
    receivedAt: Date | null,
  ): Promise<StatusReceipt> {
    const found = await this.schedulers.findWithAlerts(update.schedulerId);
    if (found === null) throw new SchedulerNotRegistered(update.schedulerId);
    const { scheduler, slots } = found;
    const decision = decideStatusUpdate(scheduler, update, {
      slots,
      reporter,
      timeZone: timeZoneOf(scheduler, this.windows),
      now: this.clock.now(),
      ...(receivedAt !== null && { receivedAt }),
      ids: this.ids,
    });
    const isCurrent = decision.entry.id === scheduler.currentEntryId;
    if (isCurrent || (await this.schedulers.recordStatus(decision)) === 'duplicate') {
      this.metrics.statusUpdates.inc({ status: update.status, outcome: 'duplicate' });
      return { scheduler, applied: isCurrent };
    }
    if (decision.alertChanges.length > 0) this.bell.ring();
    this.metrics.statusUpdates.inc({ status: update.status, outcome: decision.applied ? 'applied' : 'late' });
    return { scheduler: decision.scheduler, applied: decision.applied };
  }
}
