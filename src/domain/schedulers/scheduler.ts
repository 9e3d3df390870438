import type { JsonObject } from '../shared/json-value';

export const SCHEDULER_STATUSES = ['pending', 'running', 'completed', 'failed'] as const;
export type SchedulerStatus = (typeof SCHEDULER_STATUSES)[number];

/** `derived`: worked out from the run's `running` update because the reporter gave none. */
export type ExecutionTimeSource = 'reported' | 'derived';

/** A run that was reported `running` and not yet ended; kept to derive its execution time. */
export interface OpenRun {
  readonly runId: string | null;
  readonly startedAt: Date;
}

/** What a service declares about its scheduler when it registers. Absent optional values are `null` or empty. */
export interface SchedulerProfile {
  readonly schedulerId: string;
  readonly serviceName: string;
  readonly jobName: string;
  readonly ownerEmail: string | null;
  /** Slack user (`U…`, `W…`) or user group (`S…`) to mention. */
  readonly alertUserId: string | null;
  readonly tags: readonly string[];
  /** Overrides the service-wide stale timeout. */
  readonly heartbeatTimeoutMinutes: number | null;
  /** Names of the EOD windows it belongs to; empty means all. */
  readonly windows: readonly string[];
}

/** A scheduled job that is monitored, with its current status. Immutable. */
export interface Scheduler extends SchedulerProfile {
  readonly status: SchedulerStatus;
  /** Event time of the current status; `null` until the first update. */
  readonly statusAt: Date | null;
  readonly executionTimeMs: number | null;
  readonly executionTimeSource: ExecutionTimeSource | null;
  readonly errorMessage: string | null;
  readonly metadata: JsonObject | null;
  readonly runId: string | null;
  /** Event time at which the current or last run began; `null` when no run is known. */
  readonly startedAt: Date | null;
  readonly openRuns: readonly OpenRun[];
  /** The history entry that set the current status. */
  readonly currentEntryId: string | null;
  /** Server time of the last sign of life, a heartbeat or an applied status update; never goes back. */
  readonly lastHeartbeat: Date | null;
  /** The open alert about its silence, when there is one. */
  readonly staleAlertId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Set while it is removed: it is in no list, table or scan, but can be revived by registering again. */
  readonly removedAt: Date | null;
  /** Counts the decisions written; a heartbeat is not one. */
  readonly version: number;
}

const LONGEST_SORT_PART = 95;

/**
 * The key by which schedulers are listed: service, job, id. NUL cannot occur in any of the three, so it keeps the order of the parts.
 * Each name counts with its first 95 characters beyond ASCII (255 when it is plain), to stay within DynamoDB's 1,024 bytes of a sort key.
 */
export function listSortKey(scheduler: SchedulerProfile): string {
  const part = (name: string) =>
    /^[\x20-\x7e]*$/.test(name) ? name : Array.from(name).slice(0, LONGEST_SORT_PART).join('');
  return `${part(scheduler.serviceName)}\0${part(scheduler.jobName)}\0${scheduler.schedulerId}`;
}
