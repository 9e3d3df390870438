import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Item } from './attributes';
import type { DynamoConnection } from './dynamo.connection';

/** A query on one partition, page by page. */
export type PartitionQuery = Omit<QueryCommandInput, 'ExclusiveStartKey'>;

/** All items of a partition that the query asks for, in DynamoDB's pages; an empty page may come before a full one. */
export async function* pagesOf(
  connection: DynamoConnection,
  query: PartitionQuery,
): AsyncGenerator<readonly Item[]> {
  let from: Item | undefined;
  do {
    const output = await connection.send(new QueryCommand({ ...query, ExclusiveStartKey: from }));
    yield output.Items ?? [];
    from = output.LastEvaluatedKey;
  } while (from !== undefined);
}

/** The first items of a partition. */
export async function firstOf(
  connection: DynamoConnection,
  query: PartitionQuery,
  limit: number,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  if (limit <= 0) return items;
  for await (const page of pagesOf(connection, query)) {
    items.push(...page);
    if (items.length >= limit) break;
  }
  return items.slice(0, limit);
}
