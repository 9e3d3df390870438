import { Inject, Injectable } from '@nestjs/common';
import type { AttemptOutcome } from '../../domain/notifications/delivery';
import { ChangedConcurrently } from '../../domain/shared/errors';
import { Log } from '../../platform/logging/log';
import { Metrics } from '../../platform/metrics/metrics';
import type { DeliveryObserver } from './delivery-observer';

/** Whose work it is. */
const WORKER = 'dispatch';

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
    const isTakenOver = error instanceof ChangedConcurrently;
    if (!isTakenOver) this.metrics.workerInterruptions.inc({ worker: WORKER });
    const level = isTakenOver ? 'info' : 'error';
    this.log[level]({ channel: channelId, err: error }, 'deliveries of a channel were interrupted');
  }

  refused(channelId: string, alertId: string, reason: string, correlationId: string): void {
    this.log.error(
      { channel: channelId, alert_id: alertId, reason, correlation_id: correlationId },
      'a channel refuses an alert for good',
    );
  }

  gaveUp(channelId: string, alertId: string, correlationId: string): void {
    const fields = { channel: channelId, alert_id: alertId, correlation_id: correlationId };
    this.log.error(fields, 'an alert was given up after 24 hours; nobody was told in this channel');
  }

  channelBroke(channelId: string, error: string): void {
    this.log.warn(
      { channel: channelId, reason: error },
      'a channel does not take alerts; they wait, and it is probed',
    );
  }

  channelRecovered(channelId: string): void {
    this.log.info({ channel: channelId }, 'a channel takes alerts again');
  }

  notRouted(entryId: string, error: unknown): void {
    this.metrics.workerInterruptions.inc({ worker: WORKER });
    this.log.error({ outbox_entry: entryId, err: error }, 'an alert could not be routed; it is tried again');
  }
}
