import { historySortKey, type HistoryEntry } from '../../../domain/schedulers/history-entry';
import { SCHEDULER_STATUSES } from '../../../domain/schedulers/scheduler';
import type { JsonObject } from '../../../domain/shared/json-value';
import { double, epochSeconds, instant, itemOf, json, optional, text, type Item } from './attributes';
import { ItemReader } from './item.reader';
import { daysAfter } from './retention';

const EXECUTION_TIME_SOURCES = ['reported', 'derived'] as const;

export function toHistoryEntryItem(entry: HistoryEntry, retentionDays: number): Item {
  return itemOf({
    scheduler_id: text(entry.schedulerId),
    entry_key: text(historySortKey(entry)),
    entry_id: text(entry.id),
    status: text(entry.status),
    event_at: instant(entry.timestamp),
    execution_time_ms: optional(entry.executionTimeMs, double),
    execution_time_source: optional(entry.executionTimeSource, text),
    error_message: optional(entry.errorMessage, text),
    metadata: optional(entry.metadata, json),
    run_id: optional(entry.runId, text),
    received_at: instant(entry.receivedAt),
    reported_by: text(entry.reportedBy),
    expires_at: epochSeconds(expiryOf(entry, retentionDays)),
  });
}

/** By event time; but DynamoDB never deletes what says it has expired more than five years ago, so not before it was received. */
function expiryOf(entry: HistoryEntry, retentionDays: number): Date {
  const byEventTime = daysAfter(entry.timestamp, retentionDays);
  return byEventTime > entry.receivedAt ? byEventTime : entry.receivedAt;
}

/** @throws UnreadableItem */
export function fromHistoryEntryItem(item: Item): HistoryEntry {
  const reader = new ItemReader(item, `history entry ${item['entry_key']?.S} of ${item['scheduler_id']?.S}`);
  return {
    id: reader.text('entry_id'),
    schedulerId: reader.text('scheduler_id'),
    status: reader.oneOf('status', SCHEDULER_STATUSES),
    timestamp: reader.instant('event_at'),
    executionTimeMs: reader.doubleOrNull('execution_time_ms'),
    executionTimeSource: reader.has('execution_time_source')
      ? reader.oneOf('execution_time_source', EXECUTION_TIME_SOURCES)
      : null,
    errorMessage: reader.textOrNull('error_message'),
    metadata: reader.objectOrNull<JsonObject>('metadata'),
    runId: reader.textOrNull('run_id'),
    receivedAt: reader.instant('received_at'),
    reportedBy: reader.text('reported_by'),
  };
}
