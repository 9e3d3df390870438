import { Inject, Injectable } from '@nestjs/common';
import { AlertRepository } from '../../domain/alerts/alert.repository';
import { Bell } from '../../domain/notifications/bell';
import { decideSilence } from '../../domain/schedulers/decide-silence';
import type { Scheduler } from '../../domain/schedulers/scheduler';
import { staleDedupKey } from '../../domain/schedulers/scheduler-alerts';
import { SchedulerRepository } from '../../domain/schedulers/scheduler.repository';
import { StaleRules } from '../../domain/schedulers/staleness';
import type { Reporter } from '../../domain/schedulers/status-update';
import { Clock } from '../../domain/shared/clock';
import { ChangedConcurrently } from '../../domain/shared/errors';
import { IdSource } from '../../domain/shared/id-source';
import { EodWindows, timeZoneOf } from '../../domain/windows/eod-window';
import { Log } from '../../platform/logging/log';

/** Raises and resolves the alert about a scheduler's silence. */
@Injectable()
export class SilenceService {
  constructor(
    @Inject(SchedulerRepository) private readonly schedulers: SchedulerRepository,
    @Inject(AlertRepository) private readonly alerts: AlertRepository,
    @Inject(EodWindows) private readonly windows: EodWindows,
    @Inject(StaleRules) private readonly rules: StaleRules,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdSource) private readonly ids: IdSource,
    @Inject(Bell) private readonly bell: Bell,
    @Inject(Log) private readonly log: Log,
  ) {}

  /**
   * Judges one scheduler as it was read. When it changed meanwhile nothing is written: it was heard of, or will be judged again.
   * @returns whether an alert was raised or resolved
   */
  async review(scheduler: Scheduler, reporter: Reporter): Promise<boolean> {
    const decision = decideSilence(scheduler, {
      slot: await this.alerts.findSlot(staleDedupKey(scheduler.schedulerId)),
      defaultTimeoutMinutes: this.rules.defaultTimeoutMinutes,
      timeZone: timeZoneOf(scheduler, this.windows),
      correlationId: reporter.correlationId,
      cause: { by: reporter.keyName, now: this.clock.now(), ids: this.ids },
    });
    if (decision === null) return false;
    try {
      await this.schedulers.recordSilence(decision);
    } catch (error) {
      if (error instanceof ChangedConcurrently) return false;
      throw error;
    }
    this.bell.ring();
    return true;
  }

  /** Reads and judges; never rejects. */
  async tryReview(schedulerId: string, reporter: Reporter): Promise<void> {
    try {
      const scheduler = await this.schedulers.find(schedulerId);
      if (scheduler !== null) await this.review(scheduler, reporter);
    } catch (error) {
      const fields = { scheduler_id: schedulerId, correlation_id: reporter.correlationId, err: error };
      this.log.warn(fields, 'the end of a silence was not recorded; the next scan will');
    }
  }
}
