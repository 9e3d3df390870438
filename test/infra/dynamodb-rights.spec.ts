import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { INDEX_ACTIONS, tableActions, type TableKey } from '../../infra/lib/permissions';
import { TABLES, type TableDefinition } from '../../src/adapters/persistence/dynamodb/tables';
import { MonitoredNight } from '../harness/monitored-night';

/** 00:30 in Jakarta: the default window is open. */
const HALF_PAST_MIDNIGHT = '2026-03-02T17:30:00.000Z';
const PAGE = { limit: 10, after: null };
/** The harness makes its tables; in production the stack does, and Vesper may not. */
const OF_THE_STACK = ['CreateTable', 'UpdateTimeToLive', 'UpdateContinuousBackups'];
/** Rights of commands that have a right of another name. */
const RIGHT_OF: Readonly<Record<string, string>> = {
  TransactGetItems: 'GetItem',
  'TransactWriteItems Put': 'PutItem',
  'TransactWriteItems Delete': 'DeleteItem',
  'TransactWriteItems Update': 'UpdateItem',
  'TransactWriteItems ConditionCheck': 'ConditionCheckItem',
};

interface Input {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly TransactItems?: readonly Readonly<Record<string, Input>>[];
}

/** What IAM asks about a call, as `<right> <table>` or `<right> <table>/<index>`. */
function questionsOf(command: string, input: Input): string[] {
  const right = RIGHT_OF[command] ?? command;
  if (input.RequestItems !== undefined)
    return Object.keys(input.RequestItems).map((table) => `${right} ${shortName(table)}`);
  if (input.TransactItems !== undefined)
    return input.TransactItems.flatMap((item) =>
      Object.entries(item).flatMap(([kind, part]) =>
        questionsOf(kind === 'Get' ? command : `${command} ${kind}`, part),
      ),
    );
  const index = input.IndexName === undefined ? '' : `/${input.IndexName}`;
  return [`${right} ${shortName(input.TableName ?? '')}${index}`];
}

/** Without the prefix of the installation. */
const shortName = (table: string): string =>
  Object.values(TABLES).find(({ name }) => table.endsWith(`-${name}`))?.name ?? table;

/** What the role of the stack allows, in the same words. */
function allowed(): Set<string> {
  return new Set(
    (Object.keys(TABLES) as TableKey[]).flatMap((key) => {
      const { name, indexes }: TableDefinition = TABLES[key];
      return [
        ...tableActions(key).map((right) => `${right} ${name}`),
        ...indexes.flatMap((index) => INDEX_ACTIONS.map((right) => `${right} ${name}/${index.name}`)),
      ];
    }),
  );
}

jest.setTimeout(60_000);

it('Vesper asks of each table and index what its role allows there, and the role allows nothing else', async () => {
  const asked = new Set<string>();
  const send = Reflect.get(DynamoDBClient.prototype, 'send') as (...call: unknown[]) => unknown;
  jest.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(function (
    this: DynamoDBClient,
    command: { input: Input },
    ...rest: unknown[]
  ) {
    const name = command.constructor.name.replace(/Command$/, '');
    if (!OF_THE_STACK.includes(name)) questionsOf(name, command.input).forEach((one) => asked.add(one));
    return send.call(this, command, ...rest);
  } as never);

  const night = await MonitoredNight.begin(HALF_PAST_MIDNIGHT, { storage: 'dynamodb' });
  try {
    await liveThrough(night);
  } finally {
    await night.end();
    jest.restoreAllMocks();
  }

  const rights = allowed();
  expect([...asked].filter((question) => !rights.has(question))).toEqual([]);
  expect([...rights].filter((right) => !asked.has(right))).toEqual([]);
});

/** A night in which everything happens that Vesper does with its tables. */
async function liveThrough(night: MonitoredNight): Promise<void> {
  const { vesper, clock } = night;
  const { store } = vesper.foundations;
  await night.register('close');
  await night.report('close', 'running');
  await night.heartbeat('close');
  await clock.advance('15m');
  await night.run('stale-scan', 'census', 'eod-table', 'dispatch');
  await night.report('close', 'failed');
  await night.run('dispatch');
  await vesper.request('GET', '/schedulers');
  await vesper.request('GET', '/schedulers/close');
  await vesper.request('GET', '/schedulers/close/history');
  await vesper.request('GET', '/metrics', undefined, null);
  await vesper.request('GET', '/health/ready', undefined, null);
  await store.alerts.list({ status: 'firing', dedupKey: null }, PAGE);
  await store.alerts.list({ status: null, dedupKey: 'scheduler_failed:close' }, PAGE);
  await store.deliveries.listAttempts({ alertId: null, channelId: null, outcome: null }, PAGE);
  await store.board.listApps();
  await store.epmTokens.find('shared');
  await vesper.request('DELETE', '/schedulers/close');
}
