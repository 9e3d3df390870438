import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ResourceNotFoundException,
  type DynamoDBClient,
  type GlobalSecondaryIndexDescription,
  type KeySchemaElement,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { toStorageError } from './dynamo.errors';
import { TABLES, type IndexDefinition, type TableDefinition } from './tables';

const DEFINITIONS: readonly TableDefinition[] = Object.values(TABLES);

/** The tables are not those that this version works with; `message` names each fault and what to do. */
export class UnusableTables extends Error {
  constructor(faults: readonly string[]) {
    super(
      `DynamoDB cannot be used as it is:\n${faults.map((fault) => `- ${fault}`).join('\n')}\n` +
        'Create missing tables with "npm run db:create" (in development also with DYNAMODB_CREATE_TABLES=true). ' +
        'Tables with wrong keys belong to something else: set another DYNAMODB_TABLE_PREFIX.',
    );
    this.name = 'UnusableTables';
  }
}

/** What the operator is told when the tables cannot be looked at or made. */
export function toStartError(error: unknown): Error {
  return error instanceof UnusableTables ? error : toStorageError(error);
}

/** @throws UnusableTables with all faults at once */
export async function checkTables(client: DynamoDBClient, prefix: string): Promise<void> {
  const faults: string[] = [];
  for (const definition of DEFINITIONS) {
    const name = prefix + definition.name;
    const table = await describe(client, name);
    if (table === null) faults.push(`table ${name} does not exist`);
    else faults.push(...faultsOf(table, definition, name));
  }
  if (faults.length > 0) throw new UnusableTables(faults);
}

/** @returns `null` when there is no such table */
export async function describe(client: DynamoDBClient, name: string): Promise<TableDescription | null> {
  try {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
    return table ?? null;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
}

/** Whether DynamoDB deletes what has expired in the table. */
export async function isTtlOn(client: DynamoDBClient, name: string): Promise<boolean> {
  const { TimeToLiveDescription: ttl } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: name }),
  );
  return ttl?.TimeToLiveStatus === 'ENABLED' || ttl?.TimeToLiveStatus === 'ENABLING';
}

/** Tables of which nothing would ever be deleted: they work, and grow. */
export async function tablesWithoutTtl(client: DynamoDBClient, prefix: string): Promise<readonly string[]> {
  const growing: string[] = [];
  for (const { name, ttlAttribute } of DEFINITIONS) {
    if (ttlAttribute !== null && !(await isTtlOn(client, prefix + name))) growing.push(prefix + name);
  }
  return growing;
}

/** What is wrong with a table. */
function faultsOf(table: TableDescription, definition: TableDefinition, name: string): readonly string[] {
  const faults: string[] = [];
  if (table.TableStatus !== 'ACTIVE' && table.TableStatus !== 'UPDATING') {
    faults.push(`table ${name} is ${table.TableStatus}, not ACTIVE`);
  }
  const key = keyOf(table.KeySchema, table);
  const wanted = wantedKey(definition.partitionKey, definition.sortKey);
  if (key !== wanted) faults.push(`table ${name} has the key (${key}) instead of (${wanted})`);
  return [...faults, ...definition.indexes.flatMap((index) => indexFaults(table, index, name))];
}

function indexFaults(table: TableDescription, wanted: IndexDefinition, tableName: string): readonly string[] {
  const name = `index ${wanted.name} of table ${tableName}`;
  const index = table.GlobalSecondaryIndexes?.find((one) => one.IndexName === wanted.name);
  if (index === undefined) return [`${name} does not exist`];
  if (index.IndexStatus === 'CREATING' || index.IndexStatus === 'DELETING')
    return [`${name} is ${index.IndexStatus}`];
  const shape = `${keyOf(index.KeySchema, table)} with ${projectionOf(index)}`;
  const wantedShape = `${wantedKey(wanted.partitionKey, wanted.sortKey)} with ${wantedProjection(wanted)}`;
  return shape === wantedShape ? [] : [`${name} is (${shape}) instead of (${wantedShape})`];
}

function keyOf(schema: readonly KeySchemaElement[] = [], table: TableDescription): string {
  const typeOf = (name: string | undefined) =>
    table.AttributeDefinitions?.find((attribute) => attribute.AttributeName === name)?.AttributeType;
  return schema.map(({ AttributeName: name, KeyType: type }) => `${name} ${type} ${typeOf(name)}`).join(', ');
}

function wantedKey(partitionKey: string, sortKey: string | null): string {
  return `${partitionKey} HASH S${sortKey === null ? '' : `, ${sortKey} RANGE S`}`;
}

/** More than wanted is wrong as well: an index that held all attributes would make each heartbeat cost three write units. */
function projectionOf({ Projection: projection }: GlobalSecondaryIndexDescription): string {
  if (projection?.ProjectionType === 'INCLUDE')
    return `keys and ${projection.NonKeyAttributes?.toSorted().join(', ')}`;
  return projection?.ProjectionType === 'KEYS_ONLY' ? 'keys only' : 'all attributes';
}

function wantedProjection({ projected }: IndexDefinition): string {
  return projected.length === 0 ? 'keys only' : `keys and ${projected.toSorted().join(', ')}`;
}
