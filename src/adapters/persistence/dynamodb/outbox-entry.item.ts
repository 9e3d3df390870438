import type { OutboxEntry } from '../../../domain/notifications/outbox';
import type { AlertEvent } from '../../../domain/alerts/alert-event';
import { fromAlertItem, toAlertItem } from './alert.item';
import { instant, map, text, type Item } from './attributes';
import { ItemReader } from './item.reader';
import { outboxShard } from './partitions';

export const ALERT_EVENTS = [
  'opened',
  'repeated',
  'resolved',
  'flapping',
] as const satisfies readonly AlertEvent[];

/** Waiting entries sort by the instant from which they may be told. */
export function outboxKey(entry: Pick<OutboxEntry, 'id' | 'dueAt' | 'alert'>): Item {
  return {
    pk: text(outboxShard(entry.alert.dedupKey)),
    sk: text(`${entry.dueAt.toISOString()}#${entry.id}`),
  };
}

/** Every sort key of an entry due by `now` is below it: `$` is the character after `#`. */
export function dueBound(now: Date): string {
  return `${now.toISOString()}$`;
}

/** It does not expire: it stays until it is routed. */
export function toOutboxItem(entry: OutboxEntry): Item {
  return {
    ...outboxKey(entry),
    entry_id: text(entry.id),
    event: text(entry.event),
    alert: map(toAlertItem(entry.alert)),
    created_at: instant(entry.createdAt),
    due_at: instant(entry.dueAt),
  };
}

/** @throws UnreadableItem */
export function fromOutboxItem(item: Item): OutboxEntry {
  const reader = new ItemReader(item, `outbox entry ${item['entry_id']?.S}`);
  return {
    id: reader.text('entry_id'),
    event: reader.oneOf('event', ALERT_EVENTS),
    alert: fromAlertItem(reader.nested('alert')),
    createdAt: reader.instant('created_at'),
    dueAt: reader.instant('due_at'),
  };
}
