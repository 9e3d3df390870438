import { isTooFarAhead } from '../shared/clock-lead';
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

/** @throws TimestampAhead when the event time is more than 5 minutes ahead of when it was accepted */
export function demandPastOrPresent({ timestamp }: StatusUpdate, receivedAt: Date): void {
  if (isTooFarAhead(timestamp, receivedAt)) throw new TimestampAhead(timestamp, receivedAt);
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
