import {
  DeleteItemCommand,
  DynamoDBClient,
  paginateScan,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { TABLES, type TableDefinition } from '../../../../src/adapters/persistence/dynamodb/tables';
import type { StoredAttempt, StoredRecords } from './stored-records';

type Item = Record<string, AttributeValue>;

/** The tables on DynamoDB, read item by item. */
export class DynamoRecords implements StoredRecords {
  constructor(
    private readonly endpoint: string,
    private readonly tablePrefix: string,
  ) {}

  async attempts(): Promise<readonly StoredAttempt[]> {
    return (await this.scan(TABLES.operations)).filter(isAttempt).map(toAttempt);
  }

  async unfinished(): Promise<readonly string[]> {
    const keys = (await this.scan(TABLES.operations)).map((item) => `${item['pk']?.S} ${item['sk']?.S}`);
    return keys.filter((key) => /^(outbox|queue)#/.test(key));
  }

  async loseUpdate(): Promise<void> {
    await this.lose(TABLES.history, (items) => items[0]);
  }

  async loseAttempt(): Promise<void> {
    await this.lose(TABLES.operations, (items) => items.findLast(isAttempt));
  }

  private async lose(
    table: TableDefinition,
    choose: (items: readonly Item[]) => Item | undefined,
  ): Promise<void> {
    const item = choose(await this.scan(table));
    const keys = [table.partitionKey, table.sortKey].map((name) => [name ?? '', item?.[name ?? '']] as const);
    const Key: Item = {};
    for (const [name, value] of keys) {
      if (value === undefined) throw new Error(`there is nothing in ${table.name} to lose`);
      Key[name] = value;
    }
    const TableName = this.tablePrefix + table.name;
    await this.with((client) => client.send(new DeleteItemCommand({ TableName, Key })));
  }

  private async scan({ name }: TableDefinition): Promise<readonly Item[]> {
    return this.with(async (client) => {
      const items: Item[] = [];
      const input = { TableName: this.tablePrefix + name, ConsistentRead: true };
      for await (const { Items = [] } of paginateScan({ client }, input)) items.push(...Items);
      return items;
    });
  }

  private async with<T>(work: (client: DynamoDBClient) => Promise<T>): Promise<T> {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new DynamoDBClient({ endpoint: this.endpoint, region: 'local', credentials });
    try {
      return await work(client);
    } finally {
      client.destroy();
    }
  }
}

function isAttempt(item: Item): boolean {
  return item['pk']?.S?.startsWith('attempts-of#') === true;
}

function toAttempt(item: Item): StoredAttempt {
  const text = (name: string) => item[name]?.S ?? '';
  return {
    id: text('attempt_id'),
    deliveryId: text('delivery_id'),
    dedupKey: text('dedup_key'),
    event: text('event'),
    attempt: Number(item['attempt']?.N),
    outcome: text('outcome'),
  };
}
