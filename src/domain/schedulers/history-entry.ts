import type { JsonObject } from '../shared/json-value';
import type { ExecutionTimeSource, SchedulerStatus } from './scheduler';

/** One accepted status update. Immutable, kept until its retention ends. */
export interface HistoryEntry {
  /** UUID made from the content, so that the same update sent again is the same entry. */
  readonly id: string;
  readonly schedulerId: string;
  readonly status: SchedulerStatus;
  /** Event time, as reported. */
  readonly timestamp: Date;
  readonly executionTimeMs: number | null;
  readonly executionTimeSource: ExecutionTimeSource | null;
  readonly errorMessage: string | null;
  readonly metadata: JsonObject | null;
  readonly runId: string | null;
  /** Server time. */
  readonly receivedAt: Date;
  /** Name of the API key that reported it. */
  readonly reportedBy: string;
}

/** Sorts entries of one scheduler by event time, then id; also the place where a page ends. */
export function historySortKey(entry: Pick<HistoryEntry, 'timestamp' | 'id'>): string {
  return `${entry.timestamp.toISOString()}#${entry.id}`;
}

/** What {@link historySortKey} makes, for checking a cursor that comes from outside. */
export const HISTORY_SORT_KEY = /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-f-]{36}$/;

const DAY_MS = 86_400_000;

/** Entries with an event time before this are never shown. */
export function retentionStart(now: Date, retentionDays: number): Date {
  return new Date(now.getTime() - retentionDays * DAY_MS);
}
