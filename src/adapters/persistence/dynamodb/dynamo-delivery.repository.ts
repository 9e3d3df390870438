import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { AlertMessage, Delivery, DeliveryAttempt } from '../../../domain/notifications/delivery';
import type {
  AttemptRecord,
  DeliveryLogFilter,
  DeliveryRepository,
} from '../../../domain/notifications/delivery.repository';
import { quietTraffic, type ChannelTraffic } from '../../../domain/notifications/storm';
import type { Page, PageRequest } from '../../../domain/shared/page';
import { text, type Item } from './attributes';
import type { ChannelRegistry } from './channel-registry';
import {
  fromMessageItem,
  fromTrafficItem,
  messageKey,
  toMessageItem,
  toTrafficItem,
  trafficKey,
} from './channel.item';
import { commit, put, remove, versionBefore, versionIs, type Action } from './commit';
import {
  deliveryKey,
  fromDeliveryItem,
  isFinished,
  queueName,
  toAttemptItem,
  toDeliveryItem,
} from './delivery.item';
import { listAttempts } from './delivery-log';
import type { DynamoConnection } from './dynamo.connection';
import { isExpired } from './item.reader';
import { firstOf, type PartitionQuery } from './query';

export class DynamoDeliveryRepository implements DeliveryRepository {
  constructor(
    private readonly connection: DynamoConnection,
    private readonly channels: ChannelRegistry,
    private readonly retentionDays: number,
  ) {}

  async listBusyChannels(): Promise<readonly string[]> {
    const channelIds = await this.channels.list();
    const heads = await Promise.all(
      channelIds.map((id) =>
        firstOf(this.connection, { ...this.queueQuery(id, 1), ProjectionExpression: 'pk' }, 1),
      ),
    );
    return channelIds.filter((_, index) => (heads[index] ?? []).length > 0);
  }

  async listQueue(channelId: string, limit: number): Promise<readonly Delivery[]> {
    return (await firstOf(this.connection, this.queueQuery(channelId, limit), limit)).map(fromDeliveryItem);
  }

  async recordSending(delivery: Delivery): Promise<Delivery> {
    const begun = { ...delivery, version: delivery.version + 1 };
    await commit(this.connection, subjectOf(delivery), [this.deliveryPut(begun)]);
    return begun;
  }

  async recordAttempt({ delivery, attempt, message, traffic }: AttemptRecord): Promise<void> {
    const { operations } = this.connection.tables;
    await commit(this.connection, subjectOf(delivery), [
      this.settled(delivery),
      put('attempt', operations, toAttemptItem(attempt, this.retentionDays)),
      ...(message === null ? [] : [put('message', operations, toMessageItem(message))]),
      ...(traffic === null ? [] : [this.trafficPut({ ...traffic, version: traffic.version + 1 })]),
    ]);
  }

  async findMessage(alertId: string, channelId: string): Promise<AlertMessage | null> {
    const item = await this.get(messageKey(alertId, channelId));
    return item === null ? null : fromMessageItem(item);
  }

  async findTraffic(channelId: string): Promise<ChannelTraffic> {
    const item = await this.get(trafficKey(channelId));
    return item === null ? quietTraffic(channelId) : fromTrafficItem(item);
  }

  async recordTraffic(traffic: ChannelTraffic): Promise<ChannelTraffic> {
    const next = { ...traffic, version: traffic.version + 1 };
    await commit(this.connection, `Traffic of channel ${traffic.channelId}`, [this.trafficPut(next)]);
    return next;
  }

  listAttempts(filter: DeliveryLogFilter, page: PageRequest): Promise<Page<DeliveryAttempt>> {
    return listAttempts(this.connection, this.channels, filter, page);
  }

  /** A finished delivery leaves the queue; its attempts stay in the log. */
  private settled(delivery: Delivery): Action {
    if (!isFinished(delivery)) return this.deliveryPut({ ...delivery, version: delivery.version + 1 });
    const { operations } = this.connection.tables;
    return remove('delivery', operations, deliveryKey(delivery), versionIs(delivery.version));
  }

  /** Only over the version before it: one that has left the queue does not come back. */
  private deliveryPut(next: Delivery): Action {
    const { operations } = this.connection.tables;
    return put('delivery', operations, toDeliveryItem(next), versionIs(next.version - 1));
  }

  private trafficPut(next: ChannelTraffic): Action {
    return put(
      'traffic',
      this.connection.tables.operations,
      toTrafficItem(next),
      versionBefore(next.version),
    );
  }

  private queueQuery(channelId: string, limit: number): PartitionQuery {
    return {
      TableName: this.connection.tables.operations,
      KeyConditionExpression: 'pk = :queue',
      ExpressionAttributeValues: { ':queue': text(queueName(channelId)) },
      ConsistentRead: true,
      Limit: Math.max(1, Math.min(1_000, limit)),
    };
  }

  private async get(key: Item): Promise<Item | null> {
    const { Item: item } = await this.connection.send(
      new GetItemCommand({ TableName: this.connection.tables.operations, Key: key, ConsistentRead: true }),
    );
    return item === undefined || isExpired(item, this.connection.clock.now()) ? null : item;
  }
}

function subjectOf(delivery: Delivery): string {
  return `Delivery ${delivery.id}`;
}
