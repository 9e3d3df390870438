import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { matchesFilter, type SchedulerFilter } from '../../../domain/schedulers/scheduler-filter';
import { listSortKey, type Scheduler, type SchedulerProfile } from '../../../domain/schedulers/scheduler';
import { compareUtf8, type Page, type PageRequest } from '../../../domain/shared/page';
import { text, type Item } from './attributes';
import type { Condition } from './commit';
import type { DynamoConnection } from './dynamo.connection';
import { interleaved } from './interleaved';
import { listPage } from './list-page';
import { MergedQuery } from './merged-query';
import { listShards, runningShards } from './partitions';
import { pagesOf, type PartitionQuery } from './query';
import { BATCH, readMany } from './read-many';
import { fromSchedulerItem, schedulerKey } from './scheduler.item';
import { BY_NAME_INDEX, RUNNING_INDEX } from './tables';

/** Parts of the table that are read at once when all of it is. */
const SCAN_SEGMENTS = 4;

/** The reads of many schedulers. */
export class SchedulerReads {
  constructor(private readonly connection: DynamoConnection) {}

  async list(filter: SchedulerFilter, page: PageRequest): Promise<Page<Scheduler>> {
    const range = nameRange(filter.serviceName, page.after);
    if (range === null) return { items: [], next: null };
    const shards = listShards();
    const pageSize = Math.ceil((page.limit * 1.25) / shards.length) + 10;
    const queries = shards.map((shard) => this.nameQuery(shard, range, pageSize));
    const load = async (entries: readonly Item[]) => {
      const found = await this.find(entries.map(idOf));
      return entries.map((entry) => {
        const scheduler = found.get(idOf(entry));
        const isBehind = placeOf(entry) !== page.after;
        return scheduler && isBehind && matchesFilter(scheduler, filter) ? scheduler : null;
      });
    };
    const entries = new MergedQuery(this.connection, { queries, sortKey: 'list_key', newestFirst: false });
    return listPage<Scheduler>({ entries, placeOf, load }, page.limit);
  }

  async *scanAll(): AsyncGenerator<readonly Scheduler[]> {
    const segments = Array.from({ length: SCAN_SEGMENTS }, (_, segment) => this.scanSegment(segment));
    yield* interleaved(segments);
  }

  async *scanRunning(): AsyncGenerator<readonly Scheduler[]> {
    let ids: string[] = [];
    for (const shard of runningShards()) {
      for await (const entries of pagesOf(this.connection, this.runningQuery(shard))) {
        ids.push(...entries.map(idOf));
        while (ids.length >= BATCH) {
          yield await this.findRunning(ids.slice(0, BATCH));
          ids = ids.slice(BATCH);
        }
      }
    }
    if (ids.length > 0) yield await this.findRunning(ids);
  }

  /** The living ones among `ids`, as they are now, whatever an index still says. */
  private async find(ids: readonly string[]): Promise<ReadonlyMap<string, Scheduler>> {
    const items = await readMany(this.connection, this.connection.tables.schedulers, ids.map(schedulerKey));
    const living = items.map(fromSchedulerItem).filter((scheduler) => scheduler.removedAt === null);
    return new Map(living.map((scheduler) => [scheduler.schedulerId, scheduler]));
  }

  private async findRunning(ids: readonly string[]): Promise<readonly Scheduler[]> {
    const found = await this.find(ids);
    return [...found.values()].filter((scheduler) => scheduler.status === 'running');
  }

  private async *scanSegment(segment: number): AsyncGenerator<readonly Scheduler[]> {
    let from: Item | undefined;
    do {
      const output = await this.connection.send(
        new ScanCommand({
          TableName: this.connection.tables.schedulers,
          Segment: segment,
          TotalSegments: SCAN_SEGMENTS,
          ConsistentRead: true,
          FilterExpression: 'attribute_not_exists(removed_at)',
          ExclusiveStartKey: from,
        }),
      );
      if (output.Items?.length) yield output.Items.map(fromSchedulerItem);
      from = output.LastEvaluatedKey;
    } while (from !== undefined);
  }

  private nameQuery(shard: string, range: Condition, pageSize: number): PartitionQuery {
    return {
      TableName: this.connection.tables.schedulers,
      IndexName: BY_NAME_INDEX.name,
      KeyConditionExpression: `list_shard = :shard${range.expression}`,
      ExpressionAttributeValues: { ':shard': text(shard), ...range.values },
      Limit: pageSize,
    };
  }

  private runningQuery(shard: string): PartitionQuery {
    return {
      TableName: this.connection.tables.schedulers,
      IndexName: RUNNING_INDEX.name,
      KeyConditionExpression: 'running_shard = :shard',
      ExpressionAttributeValues: { ':shard': text(shard) },
    };
  }
}

function idOf(entry: Item): string {
  return entry['scheduler_id']?.S ?? '';
}

function placeOf(entry: Item): string {
  return entry['list_key']?.S ?? '';
}

/**
 * The part of the list behind `after` that holds a service; the list is sorted by service first.
 * A key range takes one condition: BETWEEN includes `after` itself, which the caller drops.
 * @returns `null` when nothing of the service can be behind `after`
 */
function nameRange(serviceName: string | null, after: string | null): Condition | null {
  if (serviceName === null) {
    return after === null
      ? { expression: '' }
      : { expression: ' AND list_key > :after', values: { ':after': text(after) } };
  }
  const service = listSortKey({ ...NOBODY, serviceName }).slice(0, -'\0\0'.length);
  const first = `${service}\0`;
  const end = `${service}\u0001`;
  if (after === null || compareUtf8(after, first) < 0) {
    return { expression: ' AND begins_with(list_key, :first)', values: { ':first': text(first) } };
  }
  if (compareUtf8(after, end) > 0) return null;
  return {
    expression: ' AND list_key BETWEEN :after AND :end',
    values: { ':after': text(after), ':end': text(end) },
  };
}

const NOBODY: SchedulerProfile = {
  schedulerId: '',
  serviceName: '',
  jobName: '',
  ownerEmail: null,
  alertUserId: null,
  tags: [],
  heartbeatTimeoutMinutes: null,
  windows: [],
};
