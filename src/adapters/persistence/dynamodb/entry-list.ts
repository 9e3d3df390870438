import { text, type Item } from './attributes';
import type { Condition } from './commit';
import type { DynamoConnection } from './dynamo.connection';
import { isExpired } from './item.reader';
import { MergedQuery } from './merged-query';
import type { PartitionQuery } from './query';
import { readMany } from './read-many';
import type { IndexDefinition } from './tables';

/** Which lists of the operations table are read together, and what of them. */
export interface ListSelection {
  readonly index: IndexDefinition;
  readonly partitions: readonly string[];
  /** On what the index carries. */
  readonly filter: Condition | null;
}

/** Index entries of the operations table from behind `after`, newest first. */
export function listEntries(
  connection: DynamoConnection,
  { index, partitions, filter }: ListSelection,
  after: string | null,
): MergedQuery {
  const behind = after === null ? '' : ` AND ${index.sortKey} < :after`;
  const queries = partitions.map((partition): PartitionQuery => ({
    TableName: connection.tables.operations,
    IndexName: index.name,
    KeyConditionExpression: `${index.partitionKey} = :partition${behind}`,
    ExpressionAttributeValues: {
      ':partition': text(partition),
      ...(after !== null && { ':after': text(after) }),
      ...filter?.values,
    },
    ...(filter !== null && { FilterExpression: filter.expression }),
  }));
  return new MergedQuery(connection, { queries, sortKey: index.sortKey, newestFirst: true });
}

/** The items that the entries stand for, one for one, strongly consistent; `null` for those that are gone or expired. */
export async function readEntries(
  connection: DynamoConnection,
  entries: readonly Item[],
): Promise<readonly (Item | null)[]> {
  const keys = new Map(entries.map((entry) => [identityOf(entry), keyOf(entry)]));
  const items = await readMany(connection, connection.tables.operations, [...keys.values()]);
  const now = connection.clock.now();
  const living = items.filter((item) => !isExpired(item, now));
  const found = new Map(living.map((item) => [identityOf(item), item]));
  return entries.map((entry) => found.get(identityOf(entry)) ?? null);
}

function keyOf(entry: Item): Item {
  return { pk: text(entry['pk']?.S ?? ''), sk: text(entry['sk']?.S ?? '') };
}

function identityOf(entry: Item): string {
  return `${entry['pk']?.S}\0${entry['sk']?.S}`;
}
