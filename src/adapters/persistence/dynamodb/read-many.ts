import { BatchGetItemCommand, type KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { StorageUnavailable } from '../../../domain/shared/errors';
import type { Item } from './attributes';
import type { DynamoConnection } from './dynamo.connection';
import { waitBetweenTries } from './jitter';

/** Most keys that one BatchGetItem takes. */
export const BATCH = 100;
/** Answers in a row without a single item before a throttled read is given up. */
const FRUITLESS_TRIES = 6;

/** Reads items by key, strongly consistent, up to 1,000 at once. @returns those that exist, in no order */
export async function readMany(
  connection: DynamoConnection,
  table: string,
  keys: readonly Item[],
): Promise<readonly Item[]> {
  const batches: Promise<readonly Item[]>[] = [];
  for (let start = 0; start < keys.length; start += BATCH) {
    batches.push(readBatch(connection, table, keys.slice(start, start + BATCH)));
  }
  return (await Promise.all(batches)).flat();
}

/** Throttled and oversized parts of a batch come back as unprocessed, with a success. */
async function readBatch(
  connection: DynamoConnection,
  table: string,
  keys: readonly Item[],
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let left: KeysAndAttributes = { Keys: [...keys], ConsistentRead: true };
  for (let fruitless = 0; ;) {
    const output = await connection.send(new BatchGetItemCommand({ RequestItems: { [table]: left } }));
    const found = output.Responses?.[table] ?? [];
    items.push(...found);
    const unprocessed = output.UnprocessedKeys?.[table];
    if (unprocessed?.Keys === undefined || unprocessed.Keys.length === 0) return items;
    fruitless = found.length === 0 ? fruitless + 1 : 0;
    if (fruitless === FRUITLESS_TRIES)
      throw new StorageUnavailable('DynamoDB is too busy to read', undefined, 2);
    if (fruitless > 0) await waitBetweenTries(connection.clock, fruitless);
    left = unprocessed;
  }
}
