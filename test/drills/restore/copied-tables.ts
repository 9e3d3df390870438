import { createHash } from 'node:crypto';
import {
  BatchWriteItemCommand,
  DynamoDBClient,
  paginateScan,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { TABLES, tableNames } from '../../../src/adapters/persistence/dynamodb/tables';

type Item = Record<string, AttributeValue>;

const BATCH = 25;
const TABLE_IDS = Object.keys(TABLES) as (keyof typeof TABLES)[];

/** The three tables of a prefix, looked at and copied item by item: the emulator has no point-in-time recovery. */
export class CopiedTables {
  private readonly client: DynamoDBClient;

  constructor(endpoint: string) {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    this.client = new DynamoDBClient({ endpoint, region: 'local', credentials });
  }

  /** To tables that are there and empty. @param keeps whether an item is copied @returns how many were */
  async copy(from: string, to: string, keeps: (table: string, index: number) => boolean): Promise<number> {
    let copied = 0;
    for (const id of TABLE_IDS) {
      const items = await this.itemsOf(tableNames(from)[id]);
      const kept = items.filter((_item, index) => keeps(id, index));
      await this.write(tableNames(to)[id], kept);
      copied += kept.length;
    }
    return copied;
  }

  /** Of every item of every table, whatever their order. */
  async fingerprint(prefix: string): Promise<string> {
    const hash = createHash('sha256');
    for (const id of TABLE_IDS) {
      const items = (await this.itemsOf(tableNames(prefix)[id])).map(canonical);
      for (const text of items.sort()) hash.update(`${id} ${text}\n`);
    }
    return hash.digest('hex');
  }

  close(): void {
    this.client.destroy();
  }

  private async itemsOf(TableName: string): Promise<Item[]> {
    const items: Item[] = [];
    for await (const page of paginateScan({ client: this.client }, { TableName, ConsistentRead: true }))
      items.push(...(page.Items ?? []));
    return items;
  }

  private async write(table: string, items: readonly Item[]): Promise<void> {
    for (let from = 0; from < items.length; from += BATCH) {
      let requests = items.slice(from, from + BATCH).map((Item) => ({ PutRequest: { Item } }));
      while (requests.length > 0) {
        const answer = await this.client.send(
          new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
        );
        requests = (answer.UnprocessedItems?.[table] ?? []) as typeof requests;
      }
    }
  }
}

/** Attributes have no order, at no depth. */
function canonical(item: Item): string {
  return JSON.stringify(item, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
