import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { text } from './attributes';
import { CHANNELS, channelKey } from './channel.item';
import type { DynamoConnection } from './dynamo.connection';
import { pagesOf } from './query';

/**
 * Every channel to which something was ever routed, so that nobody has to search the table for queues.
 * A channel is entered before its first delivery and never struck off: an entry without a queue costs one small query.
 */
export class ChannelRegistry {
  /** Entered by this process; as entries stay, that never becomes wrong. */
  private readonly entered = new Set<string>();

  constructor(private readonly connection: DynamoConnection) {}

  async enter(channelIds: readonly string[]): Promise<void> {
    const unknown = channelIds.filter((id) => !this.entered.has(id));
    await Promise.all(unknown.map((id) => this.enterOne(id)));
  }

  async list(): Promise<readonly string[]> {
    const query = {
      TableName: this.connection.tables.operations,
      KeyConditionExpression: 'pk = :channels',
      ExpressionAttributeValues: { ':channels': text(CHANNELS) },
      ConsistentRead: true,
    };
    const channelIds: string[] = [];
    for await (const page of pagesOf(this.connection, query)) {
      channelIds.push(...page.flatMap((item) => item['sk']?.S ?? []));
    }
    return channelIds;
  }

  private async enterOne(channelId: string): Promise<void> {
    await this.connection.write(
      new PutItemCommand({ TableName: this.connection.tables.operations, Item: channelKey(channelId) }),
    );
    this.entered.add(channelId);
  }
}
