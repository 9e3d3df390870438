import type {
  AttemptOutcome,
  Delivery,
  DeliveryAttempt,
  DeliveryStatus,
  Placement,
} from '../../../domain/notifications/delivery';
import { fromAlertItem, toAlertItem } from './alert.item';
import {
  count,
  double,
  epochSeconds,
  flag,
  instant,
  itemOf,
  map,
  optional,
  text,
  type Item,
} from './attributes';
import { ItemReader } from './item.reader';
import { ALERT_EVENTS } from './outbox-entry.item';
import { attemptList } from './partitions';
import { daysAfter } from './retention';

const UNFINISHED = ['pending', 'sending', 'retrying'] as const satisfies readonly DeliveryStatus[];
const STATUSES = [
  ...UNFINISHED,
  'sent',
  'failed',
  'skipped',
  'suppressed',
] as const satisfies readonly DeliveryStatus[];
const OUTCOMES = [
  'sent',
  'retrying',
  'failed',
  'skipped',
  'suppressed',
] as const satisfies readonly AttemptOutcome[];

export function isFinished(delivery: Delivery): boolean {
  return !UNFINISHED.some((status) => status === delivery.status);
}

export function queueName(channelId: string): string {
  return `queue#${channelId}`;
}

/** Unfinished deliveries of a channel, by the instant at which they were first wanted. */
export function deliveryKey(delivery: Pick<Delivery, 'id' | 'channelId' | 'createdAt'>): Item {
  return {
    pk: text(queueName(delivery.channelId)),
    sk: text(`${delivery.createdAt.toISOString()}#${delivery.id}`),
  };
}

/** It does not expire: it stays until it is finished. */
export function toDeliveryItem(delivery: Delivery): Item {
  return itemOf({
    ...deliveryKey(delivery),
    delivery_id: text(delivery.id),
    channel_id: text(delivery.channelId),
    event: text(delivery.event),
    alert: map(toAlertItem(delivery.alert)),
    created_at: instant(delivery.createdAt),
    status: text(delivery.status),
    attempts: count(delivery.attempts),
    next_attempt_at: instant(delivery.nextAttemptAt),
    outcome_unknown: flag(delivery.outcomeUnknown),
    placement: optional(delivery.placement ?? null, (placement) => map(toPlacementItem(placement))),
    version: count(delivery.version),
  });
}

/** @throws UnreadableItem */
export function fromDeliveryItem(item: Item): Delivery {
  const reader = new ItemReader(item, `delivery ${item['delivery_id']?.S}`);
  return {
    id: reader.text('delivery_id'),
    channelId: reader.text('channel_id'),
    event: reader.oneOf('event', ALERT_EVENTS),
    alert: fromAlertItem(reader.nested('alert')),
    createdAt: reader.instant('created_at'),
    status: reader.oneOf('status', STATUSES),
    attempts: reader.count('attempts'),
    nextAttemptAt: reader.instant('next_attempt_at'),
    outcomeUnknown: reader.flag('outcome_unknown'),
    // Absent before the first attempt, and in what was written before placements were kept.
    ...(reader.has('placement') ? { placement: fromPlacementItem(reader.nested('placement')) } : {}),
    version: reader.count('version'),
  };
}

function toPlacementItem({ thread, ownerAddressed }: Placement): Item {
  return itemOf({ thread: optional(thread, text), owner_addressed: flag(ownerAddressed) });
}

function fromPlacementItem(reader: ItemReader): Placement {
  return { thread: reader.textOrNull('thread'), ownerAddressed: reader.flag('owner_addressed') };
}

/** Partition of an alert's attempts. */
export function attemptsOf(alertId: string): string {
  return `attempts-of#${alertId}`;
}

export function toAttemptItem(attempt: DeliveryAttempt, retentionDays: number): Item {
  const key = `${attempt.at.toISOString()}#${attempt.id}`;
  return itemOf({
    pk: text(attemptsOf(attempt.alertId)),
    sk: text(key),
    list_name: text(attemptList(attempt.channelId)),
    list_key: text(key),
    attempt_id: text(attempt.id),
    delivery_id: text(attempt.deliveryId),
    alert_id: text(attempt.alertId),
    dedup_key: text(attempt.dedupKey),
    channel_id: text(attempt.channelId),
    event: text(attempt.event),
    attempt: count(attempt.attempt),
    tried_at: instant(attempt.at),
    outcome: text(attempt.outcome),
    http_status: optional(attempt.httpStatus, count),
    reason: optional(attempt.reason, text),
    latency_ms: optional(attempt.latencyMs, double),
    next_attempt_at: optional(attempt.nextAttemptAt, instant),
    correlation_id: text(attempt.correlationId),
    expires_at: epochSeconds(daysAfter(attempt.at, retentionDays)),
  });
}

/** @throws UnreadableItem */
export function fromAttemptItem(item: Item): DeliveryAttempt {
  const reader = new ItemReader(item, `delivery attempt ${item['attempt_id']?.S}`);
  return {
    id: reader.text('attempt_id'),
    deliveryId: reader.text('delivery_id'),
    alertId: reader.text('alert_id'),
    dedupKey: reader.text('dedup_key'),
    channelId: reader.text('channel_id'),
    event: reader.oneOf('event', ALERT_EVENTS),
    attempt: reader.count('attempt'),
    at: reader.instant('tried_at'),
    outcome: reader.oneOf('outcome', OUTCOMES),
    httpStatus: reader.countOrNull('http_status'),
    reason: reader.textOrNull('reason'),
    latencyMs: reader.doubleOrNull('latency_ms'),
    nextAttemptAt: reader.instantOrNull('next_attempt_at'),
    correlationId: reader.text('correlation_id'),
  };
}
