import { DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { TABLES } from '../../../src/adapters/persistence/dynamodb/tables';

/** A planted fault: takes one acknowledged update out of DynamoDB. */
export async function deleteHistoryEntry(endpoint: string, tablePrefix: string): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials });
  const { name, partitionKey, sortKey } = TABLES.history;
  const TableName = tablePrefix + name;
  const { Items = [] } = await client.send(new ScanCommand({ TableName, Limit: 1 }));
  const partition = Items[0]?.[partitionKey];
  const sort = Items[0]?.[sortKey];
  if (partition === undefined || sort === undefined) throw new Error('there is no history to take from');
  const Key = { [partitionKey]: partition, [sortKey]: sort };
  await client.send(new DeleteItemCommand({ TableName, Key }));
  client.destroy();
}
