import type { AlertMessage, Delivery, DeliveryAttempt } from '../../../../domain/notifications/delivery';
import { alertMapping } from './alert.document';
import { toInstant, toText, type Document, type DocumentMapping } from './document';

export const deliveryMapping: DocumentMapping<Delivery> = {
  toDocument: (delivery) => ({
    id: delivery.id,
    channelId: delivery.channelId,
    event: delivery.event,
    alert: alertMapping.toDocument(delivery.alert),
    createdAt: delivery.createdAt.toISOString(),
    status: delivery.status,
    attempts: delivery.attempts,
    nextAttemptAt: delivery.nextAttemptAt.toISOString(),
    outcomeUnknown: delivery.outcomeUnknown,
    ...toPlacement(delivery),
    version: delivery.version,
  }),
  fromDocument: (document) => ({
    ...document,
    alert: alertMapping.fromDocument(document.alert),
    createdAt: new Date(document.createdAt),
    nextAttemptAt: new Date(document.nextAttemptAt),
  }),
};

/** Absent stays absent, as in what was written before placements were kept. */
function toPlacement({ placement }: Delivery): Pick<Document<Delivery>, 'placement'> {
  if (placement === undefined) return {};
  return { placement: { thread: placement.thread, ownerAddressed: placement.ownerAddressed } };
}

export const deliveryAttemptMapping: DocumentMapping<DeliveryAttempt> = {
  toDocument: (attempt) => ({
    id: attempt.id,
    deliveryId: attempt.deliveryId,
    alertId: attempt.alertId,
    dedupKey: attempt.dedupKey,
    channelId: attempt.channelId,
    event: attempt.event,
    attempt: attempt.attempt,
    at: attempt.at.toISOString(),
    outcome: attempt.outcome,
    httpStatus: attempt.httpStatus,
    reason: attempt.reason,
    latencyMs: attempt.latencyMs,
    nextAttemptAt: toText(attempt.nextAttemptAt),
    correlationId: attempt.correlationId,
  }),
  fromDocument: (document) => ({
    ...document,
    at: new Date(document.at),
    nextAttemptAt: toInstant(document.nextAttemptAt),
  }),
};

export const alertMessageMapping: DocumentMapping<AlertMessage> = {
  toDocument: (message) => ({
    alertId: message.alertId,
    channelId: message.channelId,
    reference: message.reference,
    postedAt: message.postedAt.toISOString(),
    editedAt: toText(message.editedAt),
  }),
  fromDocument: (document) => ({
    ...document,
    postedAt: new Date(document.postedAt),
    editedAt: toInstant(document.editedAt),
  }),
};
