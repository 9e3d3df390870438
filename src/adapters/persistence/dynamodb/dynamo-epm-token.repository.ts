import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { EpmToken, EpmTokenRepository } from '../../../domain/board/epm-token.repository';
import { commit, put, versionBefore } from './commit';
import type { DynamoConnection } from './dynamo.connection';
import { epmTokenKey, fromEpmTokenItem, toEpmTokenItem } from './epm-token.item';

export class DynamoEpmTokenRepository implements EpmTokenRepository {
  constructor(private readonly connection: DynamoConnection) {}

  async find(connection: string): Promise<EpmToken | null> {
    const { Item: item } = await this.connection.send(
      new GetItemCommand({
        TableName: this.connection.tables.operations,
        Key: epmTokenKey(connection),
        ConsistentRead: true,
      }),
    );
    return item === undefined ? null : fromEpmTokenItem(item);
  }

  /** A transaction for its request token: a token that was stored, the answer lost, must not look like somebody else's. */
  async record(token: EpmToken): Promise<EpmToken> {
    const next = { ...token, version: token.version + 1 };
    const { operations } = this.connection.tables;
    await commit(this.connection, `The EPM sign-in ${token.connection}`, [
      put('EPM token', operations, toEpmTokenItem(next), versionBefore(next.version)),
    ]);
    return next;
  }
}
