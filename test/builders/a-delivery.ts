import type { AttemptOutcome, Delivery, DeliveryAttempt } from '../../src/domain/notifications/delivery';
import type { OutboxEntry } from '../../src/domain/notifications/outbox';

/** The entry on its way to a channel, not yet tried. */
export function aDelivery(entry: OutboxEntry, channelId: string, fields: Partial<Delivery> = {}): Delivery {
  return {
    id: `${entry.id}:${channelId}`,
    channelId,
    event: entry.event,
    alert: entry.alert,
    createdAt: entry.createdAt,
    status: 'pending',
    attempts: 0,
    nextAttemptAt: entry.createdAt,
    outcomeUnknown: false,
    version: 1,
    ...fields,
  };
}

/** The log line of an attempt at the delivery as it stands. */
export function anAttempt(
  delivery: Delivery,
  outcome: AttemptOutcome,
  fields: Partial<DeliveryAttempt> = {},
): DeliveryAttempt {
  return {
    id: `${delivery.id}:${delivery.attempts}`,
    deliveryId: delivery.id,
    alertId: delivery.alert.id,
    dedupKey: delivery.alert.dedupKey,
    channelId: delivery.channelId,
    event: delivery.event,
    attempt: delivery.attempts,
    at: delivery.createdAt,
    outcome,
    httpStatus: outcome === 'sent' ? 200 : null,
    reason: outcome === 'sent' ? null : 'server_error',
    latencyMs: 12,
    nextAttemptAt: null,
    correlationId: delivery.alert.correlationId,
    ...fields,
  };
}
