import type { AlertChange } from '../../../domain/alerts/alert-change';
import { toAlertRecordItem, toSlotItem } from './alert-record.item';
import { put, versionBeforeOrExpired, type Action } from './commit';
import type { DynamoConnection } from './dynamo.connection';
import { toOutboxItem } from './outbox-entry.item';

/**
 * What a commit writes of each alert that it changes: its slot, itself, and the entries that tell of it (at most two).
 * The slot's version guards the alert as well: nothing writes one without the other.
 */
export function alertActions(
  { tables, clock }: DynamoConnection,
  changes: readonly AlertChange[],
  retentionDays: number,
): readonly Action[] {
  const now = clock.now();
  return changes.flatMap(({ alert, slot, outbox }) => [
    put(
      'alert slot',
      tables.operations,
      toSlotItem(slot, now, retentionDays),
      versionBeforeOrExpired(slot.version, now),
    ),
    put('alert', tables.operations, toAlertRecordItem(alert, retentionDays)),
    ...outbox.map((entry) => put('outbox entry', tables.operations, toOutboxItem(entry))),
  ]);
}
