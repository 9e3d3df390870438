import { canonicalJson, type JsonObject } from '../shared/json-value';
import type { SchedulerStatus } from './scheduler';
import { TimestampAhead } from './scheduler.errors';

/** What a service reports about a run. */
export interface StatusUpdate {
  readonly schedulerId: string;
  readonly status: SchedulerStatus;
  /** Event time, as the reporter's clock says. */
  readonly timestamp: Date;
  readonly executionTimeMs: number | null;
  readonly errorMessage: string | null;
  readonly metadata: JsonObject | null;
  readonly runId: string | null;
}

/** Who reported it, by which request. */
export interface Reporter {
  readonly keyName: string;
  readonly correlationId: string;
}

/** A reporter's clock may be this far ahead of ours (spec 10, section 2). */
export const LARGEST_CLOCK_LEAD_MS = 5 * 60_000;

/** @throws TimestampAhead when the event time is more than 5 minutes ahead of when it was accepted */
export function demandPastOrPresent({ timestamp }: StatusUpdate, receivedAt: Date): void {
  if (timestamp.getTime() - receivedAt.getTime() > LARGEST_CLOCK_LEAD_MS)
    throw new TimestampAhead(timestamp, receivedAt);
}

/** Equal texts for equal updates: the fields that spec 10 compares to call an update "the same again". */
export function identityOf(update: StatusUpdate): string {
  return canonicalJson([
    update.schedulerId,
    update.status,
    update.timestamp.toISOString(),
    update.runId,
    update.executionTimeMs,
    update.errorMessage,
    update.metadata,
  ]);
}
