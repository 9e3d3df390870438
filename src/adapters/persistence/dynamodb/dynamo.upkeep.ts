import { GetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { StorageHealth, StorageUpkeep } from '../../../domain/shared/storage-upkeep';
import { text } from './attributes';
import type { DynamoConnection } from './dynamo.connection';
import { reasonOf } from './dynamo.errors';

const PROBE_MS = 1_500;

/** DynamoDB deletes what has expired, and is backed up by point-in-time recovery: what is left is asking how it does. */
export class DynamoUpkeep implements StorageUpkeep {
  /** @param probe a client that does not retry and has no part in the others' rate limits */
  constructor(
    private readonly connection: DynamoConnection,
    private readonly probe: DynamoDBClient,
    private readonly notices: readonly string[],
  ) {}

  /** A strongly consistent read of one item that need not exist. */
  async checkHealth(): Promise<StorageHealth> {
    const command = new GetItemCommand({
      TableName: this.connection.tables.operations,
      Key: { pk: text('health'), sk: text('probe') },
      ConsistentRead: true,
    });
    return {
      storage: await this.ask(command),
      checks: {},
      notices: this.notices,
      lastUpdate: this.connection.lastWriteAt,
    };
  }

  deleteExpired(): Promise<number> {
    return Promise.resolve(0);
  }

  backUp(): Promise<null> {
    return Promise.resolve(null);
  }

  close(): void {
    this.probe.destroy();
  }

  private async ask(command: GetItemCommand): Promise<string> {
    try {
      await this.probe.send(command, { abortSignal: AbortSignal.timeout(PROBE_MS) });
      return 'ok';
    } catch (error) {
      return `DynamoDB does not answer (${reasonOf(error)})`;
    }
  }
}
