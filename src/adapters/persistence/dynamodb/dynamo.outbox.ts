import type { Delivery } from '../../../domain/notifications/delivery';
import type { Outbox, OutboxDepth, OutboxEntry } from '../../../domain/notifications/outbox';
import { compareUtf8 } from '../../../domain/shared/page';
import { text } from './attributes';
import type { ChannelRegistry } from './channel-registry';
import { commit, MOST_ACTIONS, put, remove } from './commit';
import { queueName, toDeliveryItem } from './delivery.item';
import type { DynamoConnection } from './dynamo.connection';
import { MergedQuery } from './merged-query';
import { dueBound, fromOutboxItem, outboxKey } from './outbox-entry.item';
import { outboxShards } from './partitions';
import { pagesOf, type PartitionQuery } from './query';

/** Most entries of one shard that are read at once. */
const PAGE_SIZE = 100;
/** Per partition; who looks at the depth wants to know that much waits, not how much exactly. */
const MOST_COUNTED = 250;

/** Entries and deliveries are items of partitions, not of an index: what was committed is seen by the next look. */
export class DynamoOutbox implements Outbox {
  constructor(
    private readonly connection: DynamoConnection,
    private readonly channels: ChannelRegistry,
  ) {}

  /** Read by due time, which for all but flapping alerts is the time of writing; given out in the order of writing. */
  async listDue(now: Date, limit: number): Promise<readonly OutboxEntry[]> {
    const queries = outboxShards().map((shard): PartitionQuery => ({
      TableName: this.connection.tables.operations,
      KeyConditionExpression: 'pk = :shard AND sk < :bound',
      ExpressionAttributeValues: { ':shard': text(shard), ':bound': text(dueBound(now)) },
      ConsistentRead: true,
      Limit: Math.max(1, Math.min(PAGE_SIZE, limit)),
    }));
    const due = new MergedQuery(this.connection, { queries, sortKey: 'sk', newestFirst: false });
    const entries = (await due.take(limit)).map(fromOutboxItem);
    return entries.sort((a, b) => compareUtf8(a.id, b.id));
  }

  async recordRouted(entry: OutboxEntry, deliveries: readonly Delivery[]): Promise<void> {
    if (deliveries.length >= MOST_ACTIONS) {
      throw new RangeError(
        `An alert can be routed to at most ${MOST_ACTIONS - 1} channels, not ${deliveries.length}`,
      );
    }
    const { operations } = this.connection.tables;
    await this.channels.enter(deliveries.map(({ channelId }) => channelId));
    await commit(this.connection, `Outbox entry ${entry.id}`, [
      remove('outbox entry', operations, outboxKey(entry), { expression: 'attribute_exists(pk)' }),
      ...deliveries.map((delivery) => put('delivery', operations, toDeliveryItem(delivery))),
    ]);
  }

  async depth(): Promise<OutboxDepth> {
    const queues = (await this.channels.list()).map(queueName);
    const waiting = await Promise.all([...outboxShards(), ...queues].map((name) => this.waitingIn(name)));
    const instants = waiting.flat();
    const oldest = instants.reduce<string | null>(
      (first, at) => (first === null || at < first ? at : first),
      null,
    );
    return { waiting: instants.length, oldestDueAt: oldest === null ? null : new Date(oldest) };
  }

  /**
   * Since when the oldest items of the partition could have been told, up to {@link MOST_COUNTED}: a backlog must not make each look at it dear. An
   * entry says so itself; a delivery, which is made when its entry is due, by its creation.
   */
  private async waitingIn(partition: string): Promise<readonly string[]> {
    const query: PartitionQuery = {
      TableName: this.connection.tables.operations,
      KeyConditionExpression: 'pk = :partition',
      ExpressionAttributeValues: { ':partition': text(partition) },
      ProjectionExpression: 'created_at, due_at',
      Limit: MOST_COUNTED,
    };
    const instants: string[] = [];
    for await (const page of pagesOf(this.connection, query)) {
      instants.push(...page.flatMap((item) => item['due_at']?.S ?? item['created_at']?.S ?? []));
      if (instants.length >= MOST_COUNTED) break;
    }
    return instants;
  }
}
