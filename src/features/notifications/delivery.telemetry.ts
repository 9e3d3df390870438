import { Inject, Injectable } from '@nestjs/common';
import type { AttemptOutcome } from '../../domain/notifications/delivery';
import { ChangedConcurrently } from '../../domain/shared/errors';
import { Log } from '../../platform/logging/log';
import { Metrics } from '../../platform/metrics/metrics';
import type { DeliveryObserver } from './delivery-observer';

@Injectable()
export class DeliveryTelemetry implements DeliveryObserver {
  constructor(
    private readonly metrics: Metrics,
    @Inject(Log) private readonly log: Log,
  ) {}

  attempted(channelId: string, outcome: AttemptOutcome): void {
    this.metrics.deliveries.inc({ channel: channelId, outcome });
  }

  interrupted(channelId: string, error: unknown): void {
    // Another instance took the channel over; it goes on there.
    const level = error instanceof ChangedConcurrently ? 'info' : 'error';
    this.log[level]({ channel: channelId, err: error }, 'deliveries of a channel were interrupted');
  }

  refused(channelId: string, alertId: string, reason: string, correlationId: string): void {
    this.log.error(
      { channel: channelId, alert_id: alertId, reason, correlation_id: correlationId },
      'a channel refuses an alert for good',
    );
  }
}
