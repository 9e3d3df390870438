import type { AlertStatus } from '../../../domain/alerts/alert';

/**
 * Values of the partition keys that are not simply an id. One partition takes 1,000 write units a second, so what all schedulers
 * write to is spread over shards. A number of shards may grow: write to the new ones, read from as many as were ever written.
 */

/** A night that starts 1,000,000 jobs within a few minutes moves some 8,000 index entries a second. */
const RUNNING_SHARDS = 16;
/** Written only by registrations; each page of the list asks all of them. */
const LIST_SHARDS = 8;
/** About 500 alerts a second, each written and deleted with its snapshot. */
const OUTBOX_SHARDS = 4;
const ALERT_SHARDS = 4;

const ALERT_STATUSES = ['firing', 'acknowledged', 'resolved'] as const satisfies readonly AlertStatus[];

export function runningShard(schedulerId: string): string {
  return `running#${shardOf(schedulerId, RUNNING_SHARDS)}`;
}

export function runningShards(): readonly string[] {
  return shards('running', RUNNING_SHARDS);
}

export function listShard(schedulerId: string): string {
  return `list#${shardOf(schedulerId, LIST_SHARDS)}`;
}

export function listShards(): readonly string[] {
  return shards('list', LIST_SHARDS);
}

/** All entries about one dedup key wait in one partition. */
export function outboxShard(dedupKey: string): string {
  return `outbox#${shardOf(dedupKey, OUTBOX_SHARDS)}`;
}

export function outboxShards(): readonly string[] {
  return shards('outbox', OUTBOX_SHARDS);
}

export function alertList(status: AlertStatus, alertId: string): string {
  return `alerts#${status}#${shardOf(alertId, ALERT_SHARDS)}`;
}

/** @param status `null` for the lists of all */
export function alertLists(status: AlertStatus | null): readonly string[] {
  const statuses = status === null ? ALERT_STATUSES : [status];
  return statuses.flatMap((one) => shards(`alerts#${one}`, ALERT_SHARDS));
}

export function alertsOf(dedupKey: string): string {
  return `alerts-of#${dedupKey}`;
}

export function attemptList(channelId: string): string {
  return `attempts#${channelId}`;
}

function shards(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, shard) => `${name}#${shard}`);
}

/** FNV-1a: the same shard for the same text, on every machine and for good. */
function shardOf(text: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % count;
}
