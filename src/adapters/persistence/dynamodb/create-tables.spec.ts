import {
  ContinuousBackupsUnavailableException,
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTablesCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { hangingUp, HastyClock } from '../../../../test/fakes/dynamo-faults';
import { createTables } from './create-tables';
import { openDynamoStore } from './dynamo.store';
import { checkTables, UnusableTables } from './table-check';
import { StorageUnavailable } from '../../../domain/shared/errors';

const endpoint = process.env['DYNAMODB_ENDPOINT'] ?? '';

describe('making the tables', () => {
  let client: DynamoDBClient;
  let prefix: string;
  let notices: string[];
  const clock = new HastyClock();
  const options = { clock, onNotice: (message: string) => notices.push(message) };
  const storeOptions = () => ({
    endpoint,
    tablePrefix: prefix,
    retentionDays: 30,
    clock,
    onNotice: options.onNotice,
  });

  beforeEach(() => {
    client = new DynamoDBClient({ endpoint });
    prefix = `tables-${randomUUID()}-`;
    notices = [];
    clock.waits.length = 0;
  });
  afterEach(() => client.destroy());

  it('makes them once, with expiry switched on, and is content to find them', async () => {
    await createTables(client, prefix, options);
    const made = notices.filter((notice) => notice === 'DynamoDB table created');
    expect(made).toHaveLength(3);
    for (const name of ['scheduler-status-history', 'operations']) {
      const { TimeToLiveDescription: ttl } = await client.send(
        new DescribeTimeToLiveCommand({ TableName: prefix + name }),
      );
      expect(ttl).toMatchObject({
        AttributeName: 'expires_at',
        TimeToLiveStatus: expect.stringMatching(/^ENABL/),
      });
    }
    notices.length = 0;
    await createTables(client, prefix, options);
    expect(notices).not.toContain('DynamoDB table created');
    await expect(checkTables(client, prefix)).resolves.toBeUndefined();
  });

  it('is done by several instances at once', async () => {
    await Promise.all(Array.from({ length: 4 }, () => createTables(client, prefix, options)));
    expect(notices.filter((notice) => notice === 'DynamoDB table created')).toHaveLength(3);
    await expect(checkTables(client, prefix)).resolves.toBeUndefined();
  });

  it('waits until a new table takes point-in-time recovery', async () => {
    const unready = new ContinuousBackupsUnavailableException({ message: 'not yet', $metadata: {} });
    let tries = 0;
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName !== UpdateContinuousBackupsCommand.name) return next(args);
          if (++tries < 3) return Promise.reject(unready);
          return Promise.resolve({ response: {}, output: { $metadata: {} } });
        },
      { step: 'build', name: 'backups' },
    );
    await createTables(client, prefix, options);
    expect(tries).toBe(2 + 3);
    expect(clock.waits).toEqual([1_000, 1_000]);
  });

  it('refuses to start on missing tables, naming each and what to do', async () => {
    const opening = openDynamoStore({ ...storeOptions(), createTables: false });
    await expect(opening).rejects.toThrow(UnusableTables);
    const { message } = (await opening.catch((error: unknown) => error)) as Error;
    for (const name of ['schedulers', 'scheduler-status-history', 'operations']) {
      expect(message).toContain(`table ${prefix}${name} does not exist`);
    }
    expect(message).toContain('npm run db:create');
    const { TableNames: names } = await client.send(new ListTablesCommand({}));
    expect(names?.filter((name) => name.startsWith(prefix))).toEqual([]);
  });

  it.each([true, false])('refuses a table that is something else (createTables: %s)', async (create) => {
    if (!create) await createTables(client, prefix, options);
    prefix = `${prefix}x-`;
    await client.send(
      new CreateTableCommand({
        TableName: `${prefix}schedulers`,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const opening = openDynamoStore({ ...storeOptions(), createTables: create });
    await expect(opening).rejects.toThrow(
      `table ${prefix}schedulers has the key (id HASH N) instead of (scheduler_id HASH S)`,
    );
    await expect(opening).rejects.toThrow(`index running of table ${prefix}schedulers does not exist`);
  });

  it('refuses an index that a heartbeat would move', async () => {
    const key = (name: string, type: 'HASH' | 'RANGE') => ({ AttributeName: name, KeyType: type });
    const names = ['scheduler_id', 'running_shard', 'list_shard', 'list_key'];
    const index = (name: string, hash: string, range: string) => ({
      IndexName: name,
      KeySchema: [key(hash, 'HASH'), key(range, 'RANGE')],
    });
    await client.send(
      new CreateTableCommand({
        TableName: `${prefix}schedulers`,
        AttributeDefinitions: names.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
        KeySchema: [key('scheduler_id', 'HASH')],
        GlobalSecondaryIndexes: [
          { ...index('running', 'running_shard', 'scheduler_id'), Projection: { ProjectionType: 'ALL' } },
          { ...index('by-name', 'list_shard', 'list_key'), Projection: { ProjectionType: 'KEYS_ONLY' } },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const opening = openDynamoStore({ ...storeOptions(), createTables: true });
    await expect(opening).rejects.toThrow(`index running of table ${prefix}schedulers is`);
    await expect(opening).rejects.toThrow('all attributes');
    await expect(opening).rejects.not.toThrow('by-name');
  });

  it('says in our words that nobody answers', async () => {
    const { endpoint: deaf, close } = await hangingUp();
    const opening = openDynamoStore({ ...storeOptions(), endpoint: deaf, createTables: false });
    await expect(opening).rejects.toThrow(StorageUnavailable);
    await expect(opening).rejects.toThrow('DynamoDB cannot be used');
    await close();
  });
});
