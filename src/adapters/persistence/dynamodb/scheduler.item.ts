import {
  listSortKey,
  SCHEDULER_STATUSES,
  type OpenRun,
  type Scheduler,
} from '../../../domain/schedulers/scheduler';
import type { JsonObject } from '../../../domain/shared/json-value';
import {
  count,
  double,
  instant,
  itemOf,
  json,
  list,
  optional,
  text,
  texts,
  type Fields,
  type Item,
} from './attributes';
import { ItemReader } from './item.reader';
import { listShard, runningShard } from './partitions';

const EXECUTION_TIME_SOURCES = ['reported', 'derived'] as const;

/** The key of a scheduler's item. */
export function schedulerKey(schedulerId: string): Item {
  return { scheduler_id: text(schedulerId) };
}

export function toSchedulerItem(scheduler: Scheduler): Item {
  return itemOf({
    ...profileFields(scheduler),
    ...schedulerKey(scheduler.schedulerId),
    ...statusFields(scheduler),
    running_shard: runningMark(scheduler),
    last_heartbeat: optional(scheduler.lastHeartbeat, instant),
    stale_alert_id: optional(scheduler.staleAlertId, text),
    created_at: instant(scheduler.createdAt),
    updated_at: instant(scheduler.updatedAt),
    removed_at: optional(scheduler.removedAt, instant),
    version: count(scheduler.version),
  });
}

/** What a registration writes, with the place in the list that follows from it. */
export function profileFields(scheduler: Scheduler): Fields {
  const living = scheduler.removedAt === null;
  return {
    service_name: text(scheduler.serviceName),
    job_name: text(scheduler.jobName),
    owner_email: optional(scheduler.ownerEmail, text),
    alert_user_id: optional(scheduler.alertUserId, text),
    tags: texts(scheduler.tags),
    heartbeat_timeout_minutes: optional(scheduler.heartbeatTimeoutMinutes, double),
    windows: texts(scheduler.windows),
    list_shard: living ? text(listShard(scheduler.schedulerId)) : null,
    list_key: living ? text(listSortKey(scheduler)) : null,
  };
}

/** Carried while it runs and is not removed; puts it into the index of running ones. */
export function runningMark(scheduler: Pick<Scheduler, 'schedulerId' | 'status' | 'removedAt'>) {
  const running = scheduler.status === 'running' && scheduler.removedAt === null;
  return running ? text(runningShard(scheduler.schedulerId)) : null;
}

function statusFields(scheduler: Scheduler): Fields {
  return {
    status: text(scheduler.status),
    status_at: optional(scheduler.statusAt, instant),
    execution_time_ms: optional(scheduler.executionTimeMs, double),
    execution_time_source: optional(scheduler.executionTimeSource, text),
    error_message: optional(scheduler.errorMessage, text),
    metadata: optional(scheduler.metadata, json),
    run_id: optional(scheduler.runId, text),
    started_at: optional(scheduler.startedAt, instant),
    open_runs: list(scheduler.openRuns.map(toOpenRunItem)),
    current_entry_id: optional(scheduler.currentEntryId, text),
  };
}

function toOpenRunItem(run: OpenRun): Item {
  return itemOf({ run_id: optional(run.runId, text), started_at: instant(run.startedAt) });
}

/** @throws UnreadableItem */
export function fromSchedulerItem(item: Item): Scheduler {
  const reader = new ItemReader(item, `scheduler ${item['scheduler_id']?.S}`);
  return {
    schedulerId: reader.text('scheduler_id'),
    serviceName: reader.text('service_name'),
    jobName: reader.text('job_name'),
    ownerEmail: reader.textOrNull('owner_email'),
    alertUserId: reader.textOrNull('alert_user_id'),
    tags: reader.texts('tags'),
    heartbeatTimeoutMinutes: reader.doubleOrNull('heartbeat_timeout_minutes'),
    windows: reader.texts('windows'),
    status: reader.oneOf('status', SCHEDULER_STATUSES),
    statusAt: reader.instantOrNull('status_at'),
    executionTimeMs: reader.doubleOrNull('execution_time_ms'),
    executionTimeSource: reader.has('execution_time_source')
      ? reader.oneOf('execution_time_source', EXECUTION_TIME_SOURCES)
      : null,
    errorMessage: reader.textOrNull('error_message'),
    metadata: reader.objectOrNull<JsonObject>('metadata'),
    runId: reader.textOrNull('run_id'),
    startedAt: reader.instantOrNull('started_at'),
    openRuns: reader.list('open_runs').map(fromOpenRunItem),
    currentEntryId: reader.textOrNull('current_entry_id'),
    lastHeartbeat: reader.instantOrNull('last_heartbeat'),
    staleAlertId: reader.textOrNull('stale_alert_id'),
    createdAt: reader.instant('created_at'),
    updatedAt: reader.instant('updated_at'),
    removedAt: reader.instantOrNull('removed_at'),
    version: reader.count('version'),
  };
}

function fromOpenRunItem(reader: ItemReader): OpenRun {
  return { runId: reader.textOrNull('run_id'), startedAt: reader.instant('started_at') };
}
