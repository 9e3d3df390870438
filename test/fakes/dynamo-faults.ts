import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import {
  DynamoDBClient,
  type ConsumedCapacity,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-dynamodb';
import { DynamoConnection } from '../../src/adapters/persistence/dynamodb/dynamo.connection';
import { DynamoStore } from '../../src/adapters/persistence/dynamodb/dynamo.store';
import { DynamoUpkeep } from '../../src/adapters/persistence/dynamodb/dynamo.upkeep';
import { createTables } from '../../src/adapters/persistence/dynamodb/create-tables';
import { tableNames } from '../../src/adapters/persistence/dynamodb/tables';
import { ShiftedClock } from './shifted-clock';

/** The clock of the store under test: its waits end at once and are written down. */
export class HastyClock extends ShiftedClock {
  readonly waits: number[] = [];

  override sleep(ms: number): Promise<void> {
    this.waits.push(ms);
    return Promise.resolve();
  }
}

/** One call as it went over the wire, repetitions of the SDK included. */
export interface WireCall {
  readonly command: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- each command has an input of its own, and a test knows which it looks at
  readonly input: any;
  /** Units of table and indexes, by their names; empty when it failed. */
  readonly cost: Record<string, number>;
}

type Answer = (carryOut: () => Promise<ServiceOutputTypes>) => Promise<ServiceOutputTypes>;

/**
 * An emulator that does what the real DynamoDB does and emulators never do: throttle, meet other transactions, leave keys unprocessed,
 * lose answers, lag behind in an index, end pages early.
 */
export class FaultyDynamo {
  readonly calls: WireCall[] = [];
  private readonly scripts = new Map<string, Answer[]>();
  private pageSize: number | null = null;

  private constructor(
    readonly client: DynamoDBClient,
    readonly connection: DynamoConnection,
    readonly store: DynamoStore,
    readonly clock: HastyClock,
    readonly prefix: string,
  ) {}

  /** On tables of its own. */
  static async open(retentionDays = 30): Promise<FaultyDynamo> {
    const clock = new HastyClock();
    const prefix = `faulty-${randomUUID()}-`;
    const client = new DynamoDBClient({ endpoint: process.env['DYNAMODB_ENDPOINT'] ?? '' });
    await createTables(client, prefix, { clock, onNotice: () => undefined });
    const tables = tableNames(prefix);
    const connection = new DynamoConnection({ client, hotClient: client, tables, clock });
    const store = new DynamoStore(connection, new DynamoUpkeep(connection, client, []), retentionDays);
    const faulty = new FaultyDynamo(client, connection, store, clock, prefix);
    faulty.listen();
    return faulty;
  }

  /** What the next calls of a command meet, in order; after them it works again. */
  script(command: string, ...answers: readonly Answer[]): void {
    this.scripts.set(command, [...(this.scripts.get(command) ?? []), ...answers]);
  }

  /** From now on no page of a query or scan holds more items than this. */
  endPagesAfter(items: number | null): void {
    this.pageSize = items;
  }

  /** Calls since the last time it was asked. */
  takeCalls(): readonly WireCall[] {
    return this.calls.splice(0);
  }

  /** Forgets what was scripted and has not happened, and the calls so far. */
  reset(): void {
    this.scripts.clear();
    this.pageSize = null;
    this.takeCalls();
    this.clock.waits.length = 0;
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private listen(): void {
    this.client.middlewareStack.add(
      (next, { commandName = '' }) =>
        (args) => {
          const isPriced = PRICED.has(commandName);
          const priced = isPriced
            ? { ...args.input, ReturnConsumedCapacity: 'INDEXES' as const }
            : args.input;
          return next({ ...args, input: this.withPageSize(priced) });
        },
      { step: 'initialize', name: 'asking' },
    );
    this.client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const call: WireCall = { command: commandName, input: args.input, cost: {} };
          this.calls.push(call);
          const answer = this.scripts.get(commandName)?.shift();
          let response: unknown;
          const carryOut = async () => {
            const result = await next(args);
            response = result.response;
            Object.assign(call.cost, costOf(result.output ?? {}));
            return result.output as ServiceOutputTypes;
          };
          const output = await (answer === undefined ? carryOut() : answer(carryOut));
          return { response, output };
        },
      { step: 'deserialize', priority: 'high', name: 'faults' },
    );
  }

  private withPageSize(input: ServiceInputTypes): ServiceInputTypes {
    const isRead = 'KeyConditionExpression' in input || 'TotalSegments' in input;
    return this.pageSize === null || !isRead ? input : { ...input, Limit: this.pageSize };
  }
}

/** An endpoint that takes every connection and hangs up at once. */
export async function hangingUp(): Promise<{ endpoint: string; close: () => Promise<void> }> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()));
  return { endpoint: `http://127.0.0.1:${port}`, close };
}

const PRICED: ReadonlySet<string> = new Set(
  [
    'GetItem',
    'Query',
    'Scan',
    'BatchGetItem',
    'TransactGetItems',
    'UpdateItem',
    'PutItem',
    'TransactWriteItems',
  ].map((name) => `${name}Command`),
);

function costOf(output: object): Record<string, number> {
  const { ConsumedCapacity: consumed = [] } = output as {
    ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
  };
  const cost: Record<string, number> = {};
  for (const { TableName: table = '', Table, GlobalSecondaryIndexes: indexes } of [consumed].flat()) {
    const name = table.replace(/^faulty-[0-9a-f-]{36}-/, '');
    if (Table?.CapacityUnits) cost[name] = Table.CapacityUnits;
    for (const [index, { CapacityUnits: units = 0 }] of Object.entries(indexes ?? {}))
      cost[`${name}/${index}`] = units;
  }
  return cost;
}

/** It never happened. */
export function failing(error: Error): Answer {
  return () => Promise.reject(error);
}

/** It happened, but nobody heard of it. */
export function losingAnswer(): Answer {
  return async (carryOut) => {
    await carryOut();
    throw Object.assign(new Error('no answer within 3000 ms'), { name: 'TimeoutError', code: 'ETIMEDOUT' });
  };
}

/** It happens, and the answer is another one. */
export function answering(change: (output: ServiceOutputTypes) => ServiceOutputTypes): Answer {
  return async (carryOut) => change(await carryOut());
}
