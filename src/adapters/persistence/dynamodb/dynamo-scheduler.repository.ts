import { GetItemCommand, TransactGetItemsCommand } from '@aws-sdk/client-dynamodb';
import { emptySlot, type AlertSlot } from '../../../domain/alerts/alert';
import type { RemovalDecision } from '../../../domain/schedulers/decide-removal';
import type { SilenceDecision } from '../../../domain/schedulers/decide-silence';
import type { StatusDecision } from '../../../domain/schedulers/decide-status-update';
import type { HistoryEntry } from '../../../domain/schedulers/history-entry';
import type { Scheduler } from '../../../domain/schedulers/scheduler';
import {
  failureDedupKey,
  staleDedupKey,
  type SchedulerAlertSlots,
} from '../../../domain/schedulers/scheduler-alerts';
import type { SchedulerFilter } from '../../../domain/schedulers/scheduler-filter';
import type {
  HeartbeatReceipt,
  HistoryQuery,
  SchedulerRepository,
} from '../../../domain/schedulers/scheduler.repository';
import type { Page, PageRequest } from '../../../domain/shared/page';
import { fromSlotItem, slotKey } from './alert-record.item';
import type { Item } from './attributes';
import type { DynamoConnection } from './dynamo.connection';
import { recordHeartbeat } from './heartbeat';
import { listHistory } from './history-reads';
import { isExpired } from './item.reader';
import { SchedulerCommits } from './scheduler-commits';
import { SchedulerReads } from './scheduler-reads';
import { fromSchedulerItem, schedulerKey } from './scheduler.item';

export class DynamoSchedulerRepository implements SchedulerRepository {
  private readonly reads: SchedulerReads;
  private readonly commits: SchedulerCommits;

  constructor(
    private readonly connection: DynamoConnection,
    retentionDays: number,
  ) {
    this.reads = new SchedulerReads(connection);
    this.commits = new SchedulerCommits(connection, retentionDays);
  }

  async find(schedulerId: string): Promise<Scheduler | null> {
    const { Item: item } = await this.connection.send(
      new GetItemCommand({
        TableName: this.connection.tables.schedulers,
        Key: schedulerKey(schedulerId),
        ConsistentRead: true,
      }),
    );
    return item === undefined ? null : fromSchedulerItem(item);
  }

  /**
   * As of one moment. Read one by one, a slot from before a commit and the scheduler from after it could come together: the decision
   * would miss the alert that was just opened, and no version it writes would tell.
   */
  async findWithAlerts(
    schedulerId: string,
  ): Promise<{ scheduler: Scheduler; slots: SchedulerAlertSlots } | null> {
    const { schedulers, operations } = this.connection.tables;
    const dedupKeys = { failure: failureDedupKey(schedulerId), stale: staleDedupKey(schedulerId) };
    const { Responses: [scheduler, failure, stale] = [] } = await this.connection.send(
      new TransactGetItemsCommand({
        TransactItems: [
          { Get: { TableName: schedulers, Key: schedulerKey(schedulerId) } },
          { Get: { TableName: operations, Key: slotKey(dedupKeys.failure) } },
          { Get: { TableName: operations, Key: slotKey(dedupKeys.stale) } },
        ],
      }),
    );
    if (scheduler?.Item === undefined) return null;
    return {
      scheduler: fromSchedulerItem(scheduler.Item),
      slots: {
        failure: this.toSlot(dedupKeys.failure, failure?.Item),
        stale: this.toSlot(dedupKeys.stale, stale?.Item),
      },
    };
  }

  list(filter: SchedulerFilter, page: PageRequest): Promise<Page<Scheduler>> {
    return this.reads.list(filter, page);
  }

  scanAll(): AsyncIterable<readonly Scheduler[]> {
    return this.reads.scanAll();
  }

  scanRunning(): AsyncIterable<readonly Scheduler[]> {
    return this.reads.scanRunning();
  }

  recordRegistration(scheduler: Scheduler): Promise<void> {
    return this.commits.recordRegistration(scheduler);
  }

  recordHeartbeat(schedulerId: string, at: Date): Promise<HeartbeatReceipt> {
    return recordHeartbeat(this.connection, schedulerId, at);
  }

  recordStatus(decision: StatusDecision): Promise<'recorded' | 'duplicate'> {
    return this.commits.recordStatus(decision);
  }

  recordSilence(decision: SilenceDecision): Promise<void> {
    return this.commits.recordSilence(decision);
  }

  recordRemoval(decision: RemovalDecision): Promise<void> {
    return this.commits.recordRemoval(decision);
  }

  listHistory(query: HistoryQuery, page: PageRequest): Promise<Page<HistoryEntry>> {
    return listHistory(this.connection, query, page);
  }

  private toSlot(dedupKey: string, item: Item | undefined): AlertSlot {
    if (item === undefined || isExpired(item, this.connection.clock.now())) return emptySlot(dedupKey);
    return fromSlotItem(item);
  }
}
