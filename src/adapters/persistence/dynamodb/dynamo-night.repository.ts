import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Night } from '../../../domain/windows/night';
import type { NightRepository } from '../../../domain/windows/night.repository';
import { commit, put, versionBeforeOrExpired } from './commit';
import type { DynamoConnection } from './dynamo.connection';
import { isExpired } from './item.reader';
import { fromNightItem, nightKey, toNightItem } from './night.item';

export class DynamoNightRepository implements NightRepository {
  constructor(private readonly connection: DynamoConnection) {}

  async find(windowName: string, businessDate: string): Promise<Night | null> {
    const { Item: item } = await this.connection.send(
      new GetItemCommand({
        TableName: this.connection.tables.operations,
        Key: nightKey(windowName, businessDate),
        ConsistentRead: true,
      }),
    );
    return item === undefined || isExpired(item, this.connection.clock.now()) ? null : fromNightItem(item);
  }

  async record(night: Night): Promise<Night> {
    const next = { ...night, version: night.version + 1 };
    const now = this.connection.clock.now();
    await commit(this.connection, `Night ${night.businessDate} of ${night.windowName}`, [
      put(
        'night',
        this.connection.tables.operations,
        toNightItem(next, now),
        versionBeforeOrExpired(next.version, now),
      ),
    ]);
    return next;
  }
}
