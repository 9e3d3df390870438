import {
  CreateTableCommand,
  ContinuousBackupsUnavailableException,
  ResourceInUseException,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../../domain/shared/clock';
import { checkTables, describe, isTtlOn, toStartError } from './table-check';
import { TABLES, type IndexDefinition, type TableDefinition } from './tables';

/** Tells the operator something that is no fault. */
export type Notice = (message: string, fields?: object) => void;

export interface CreationOptions {
  readonly clock: Clock;
  readonly onNotice: Notice;
}

const LONGEST_WAIT_SECONDS = 120;
/** A new table is not ready for backups at once. */
const BACKUP_TRIES = 30;
const BACKUP_WAIT_MS = 1_000;

/**
 * Makes what is missing of the tables, and leaves alone what is there; several may do it at once.
 * @throws UnusableTables when a table of that name has other keys
 * @throws StorageUnavailable when DynamoDB cannot be asked
 */
export async function createTables(
  client: DynamoDBClient,
  prefix: string,
  options: CreationOptions,
): Promise<void> {
  try {
    await makeMissing(client, prefix, options);
    await checkTables(client, prefix);
    await switchOn(client, prefix, options);
  } catch (error) {
    throw toStartError(error);
  }
}

async function makeMissing(
  client: DynamoDBClient,
  prefix: string,
  { onNotice }: CreationOptions,
): Promise<void> {
  for (const definition of Object.values(TABLES)) {
    const name = prefix + definition.name;
    if (await createTable(client, definition, name)) onNotice('DynamoDB table created', { table: name });
    await waitUntilTableExists(
      { client, minDelay: 1, maxDelay: 5, maxWaitTime: LONGEST_WAIT_SECONDS },
      { TableName: name },
    );
  }
}

/** Expiry and backups: the rest of what a table needs, also one that was made by a process that died half way. */
async function switchOn(
  client: DynamoDBClient,
  prefix: string,
  { clock, onNotice }: CreationOptions,
): Promise<void> {
  const unprotected: string[] = [];
  for (const definition of Object.values(TABLES)) {
    const name = prefix + definition.name;
    await switchTtlOn(client, definition, name);
    if (!(await switchPointInTimeRecoveryOn(client, name, clock))) unprotected.push(name);
  }
  if (unprotected.length > 0) {
    onNotice('This DynamoDB endpoint has no point-in-time recovery', { tables: unprotected });
  }
}

/** @returns whether it was this call that made it */
async function createTable(
  client: DynamoDBClient,
  definition: TableDefinition,
  name: string,
): Promise<boolean> {
  if ((await describe(client, name)) !== null) return false;
  try {
    await client.send(new CreateTableCommand(toCreateTableInput(definition, name)));
    return true;
  } catch (error) {
    // Somebody else was quicker.
    if (error instanceof ResourceInUseException) return false;
    throw error;
  }
}

function toCreateTableInput(definition: TableDefinition, name: string): CreateTableCommandInput {
  const keys = [definition, ...definition.indexes].flatMap(({ partitionKey, sortKey }) => [
    partitionKey,
    sortKey,
  ]);
  const attributes = new Set(keys.filter((key) => key !== null));
  return {
    TableName: name,
    AttributeDefinitions: [...attributes].map((attribute) => ({
      AttributeName: attribute,
      AttributeType: 'S',
    })),
    KeySchema: toKeySchema(definition),
    ...(definition.indexes.length > 0 && { GlobalSecondaryIndexes: definition.indexes.map(toIndexInput) }),
    BillingMode: 'PAY_PER_REQUEST',
    SSESpecification: { Enabled: true },
  };
}

function toIndexInput(index: IndexDefinition) {
  return {
    IndexName: index.name,
    KeySchema: toKeySchema(index),
    Projection:
      index.projected.length === 0
        ? { ProjectionType: 'KEYS_ONLY' as const }
        : { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...index.projected] },
  };
}

function toKeySchema({ partitionKey, sortKey }: { partitionKey: string; sortKey: string | null }) {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    ...(sortKey === null ? [] : [{ AttributeName: sortKey, KeyType: 'RANGE' as const }]),
  ];
}

async function switchTtlOn(client: DynamoDBClient, definition: TableDefinition, name: string): Promise<void> {
  if (definition.ttlAttribute === null || (await isTtlOn(client, name))) return;
  try {
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: name,
        TimeToLiveSpecification: { Enabled: true, AttributeName: definition.ttlAttribute },
      }),
    );
  } catch (error) {
    // Somebody else was quicker.
    if (!(await isTtlOn(client, name))) throw error;
  }
}

/**
 * For restores to any second of the last 35 days.
 * @returns `false` where it is unknown, as it is to emulators
 */
async function switchPointInTimeRecoveryOn(
  client: DynamoDBClient,
  name: string,
  clock: Clock,
): Promise<boolean> {
  const command = new UpdateContinuousBackupsCommand({
    TableName: name,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
  for (let tried = 1; ; tried++) {
    try {
      await client.send(command);
      return true;
    } catch (error) {
      if (error instanceof Error && error.name.startsWith('UnknownOperation')) return false;
      if (!(error instanceof ContinuousBackupsUnavailableException) || tried === BACKUP_TRIES) throw error;
      await clock.sleep(BACKUP_WAIT_MS);
    }
  }
}
