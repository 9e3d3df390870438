import type { Alert, AlertSlot } from '../../../domain/alerts/alert';
import { count, epochSeconds, flag, instants, itemOf, map, optional, text, type Item } from './attributes';
import { fromAlertItem, toAlertItem } from './alert.item';
import { ItemReader } from './item.reader';
import { alertList, alertsOf } from './partitions';
import { daysAfter } from './retention';

/** Place of an alert in its lists; newest last. */
export function alertListKey(alert: Pick<Alert, 'firstSeenAt' | 'id'>): string {
  return `${alert.firstSeenAt.toISOString()}#${alert.id}`;
}

export function alertKey(alertId: string): Item {
  return { pk: text(`alert#${alertId}`), sk: text('alert') };
}

/** An open alert does not expire, however old. */
export function toAlertRecordItem(alert: Alert, retentionDays: number): Item {
  return itemOf({
    ...toAlertItem(alert),
    ...alertKey(alert.id),
    list_name: text(alertList(alert.status, alert.id)),
    list_key: text(alertListKey(alert)),
    subject: text(alertsOf(alert.dedupKey)),
    expires_at: optional(alert.resolvedAt, (at) => epochSeconds(daysAfter(at, retentionDays))),
  });
}

/** @throws UnreadableItem */
export function fromAlertRecordItem(item: Item): Alert {
  return fromAlertItem(new ItemReader(item, `alert ${item['alert_id']?.S}`));
}

export function slotKey(dedupKey: string): Item {
  return { pk: text(`slot#${dedupKey}`), sk: text('slot') };
}

/**
 * A slot without an open alert only remembers whether it flaps, for half an hour; it goes when its alerts go.
 * @param now when it was written
 */
export function toSlotItem(slot: AlertSlot, now: Date, retentionDays: number): Item {
  return itemOf({
    ...slotKey(slot.dedupKey),
    dedup_key: text(slot.dedupKey),
    open: optional(slot.open, (alert) => map(toAlertItem(alert))),
    recent_changes: instants(slot.recentChanges),
    flapping: flag(slot.flapping),
    version: count(slot.version),
    expires_at: slot.open === null ? epochSeconds(daysAfter(now, Math.max(1, retentionDays))) : null,
  });
}

/** @throws UnreadableItem */
export function fromSlotItem(item: Item): AlertSlot {
  const reader = new ItemReader(item, `alert slot ${item['dedup_key']?.S}`);
  return {
    dedupKey: reader.text('dedup_key'),
    open: reader.has('open') ? fromAlertItem(reader.nested('open')) : null,
    recentChanges: reader.instants('recent_changes'),
    flapping: reader.flag('flapping'),
    version: reader.count('version'),
  };
}
