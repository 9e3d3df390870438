import { Inject, Injectable } from '@nestjs/common';
import { SchedulerRepository } from '../../domain/schedulers/scheduler.repository';
import type { Reporter } from '../../domain/schedulers/status-update';
import { Clock } from '../../domain/shared/clock';
import { Metrics } from '../../platform/metrics/metrics';
import { SilenceService } from './silence.service';

@Injectable()
export class HeartbeatService {
  constructor(
    @Inject(SchedulerRepository) private readonly schedulers: SchedulerRepository,
    @Inject(Clock) private readonly clock: Clock,
    private readonly silence: SilenceService,
    private readonly metrics: Metrics,
  ) {}

  /**
   * The hot path: one conditional write, and a second step only when the heartbeat ends a silence that was alerted.
   * @returns the server's time that was recorded
   * @throws SchedulerNotFound
   */
  async record(schedulerId: string, reporter: Reporter): Promise<Date> {
    const at = this.clock.now();
    const receipt = await this.schedulers.recordHeartbeat(schedulerId, at);
    this.metrics.heartbeats.inc();
    // The heartbeat is durable by now: what fails here, the next scan makes good.
    if (receipt.endsSilence) await this.silence.tryReview(schedulerId, reporter);
    return at;
  }
}
