import {
  DynamoDBClient,
  InternalServerError,
  ProvisionedThroughputExceededException,
  GetItemCommand,
  ResourceNotFoundException,
  TransactionCanceledException,
  TransactionConflictException,
  type CancellationReason,
} from '@aws-sdk/client-dynamodb';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { aScheduler } from '../../../../test/builders/a-scheduler';
import { failing, FaultyDynamo, HastyClock, losingAnswer } from '../../../../test/fakes/dynamo-faults';
import { ChangedConcurrently, StorageUnavailable, VesperError } from '../../../domain/shared/errors';
import { createClient } from './dynamo.client';
import { DynamoConnection } from './dynamo.connection';
import { RequestRefused } from './dynamo.errors';
import { tableNames } from './tables';

const about = { message: 'scripted', $metadata: {} };
const conflict = new TransactionConflictException(about);

function cancelled(...codes: readonly string[]): TransactionCanceledException {
  const CancellationReasons = codes.map((Code): CancellationReason => ({ Code }));
  return new TransactionCanceledException({ ...about, CancellationReasons });
}

describe('a call', () => {
  let dynamo: FaultyDynamo;

  beforeAll(async () => {
    dynamo = await FaultyDynamo.open();
    await dynamo.store.schedulers.recordRegistration(aScheduler('job').build());
  });
  beforeEach(() => dynamo.reset());
  afterAll(() => dynamo.close());

  const find = () => dynamo.store.schedulers.find('job');
  const fault = async (call: Promise<unknown>): Promise<VesperError> => {
    const error: unknown = await call.then(
      () => 'it went well',
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(StorageUnavailable);
    return error as VesperError;
  };

  it('is repeated after a passing fault of the service', async () => {
    dynamo.script('GetItemCommand', failing(serviceFault()), failing(serviceFault()));
    expect(await find()).toMatchObject({ schedulerId: 'job' });
    expect(dynamo.takeCalls()).toHaveLength(3);
  });

  it('fails as unavailable when it is throttled all the time, with what DynamoDB said as its cause', async () => {
    const throttled = new ProvisionedThroughputExceededException(about);
    // Not as the SDK sees it, or it would wait for seconds before each of its own tries.
    dynamo.script(
      'GetItemCommand',
      failing(Object.assign(throttled, { $retryable: undefined, name: 'ThrottlingError' })),
    );
    const error = await fault(find());
    expect(error).toMatchObject({ message: 'DynamoDB is too busy', retryAfterSeconds: 2, cause: throttled });
  });

  it('fails as unavailable when it is refused for want of a table or a right, and says which', async () => {
    dynamo.script('GetItemCommand', failing(new ResourceNotFoundException(about)));
    expect(await fault(find())).toMatchObject({
      message: 'DynamoDB cannot be used (ResourceNotFoundException)',
      retryAfterSeconds: 5,
    });
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    dynamo.script('GetItemCommand', failing(denied));
    expect((await fault(find())).message).toContain('AccessDeniedException');
  });

  it('is a defect, not an outage, when DynamoDB calls it malformed', async () => {
    const item = { ...aScheduler('huge').build(), errorMessage: 'x'.repeat(500_000) };
    await expect(dynamo.store.schedulers.recordRegistration(item)).rejects.toThrow(RequestRefused);
    dynamo.script('TransactWriteItemsCommand', failing(cancelled('None', 'ValidationError')));
    const registration = dynamo.store.schedulers.recordRegistration(aScheduler('new').build());
    await expect(registration).rejects.toThrow(RequestRefused);
  });

  it('waits a little longer each time for a transaction of somebody else to end', async () => {
    dynamo.script('UpdateItemCommand', failing(conflict), failing(conflict), failing(conflict));
    await expect(dynamo.store.schedulers.recordHeartbeat('job', new Date())).resolves.toEqual({
      endsSilence: false,
    });
    expect(dynamo.takeCalls()).toHaveLength(4);
    expect(dynamo.clock.waits).toHaveLength(3);
    [40, 80, 160].forEach((ceiling, index) => expect(dynamo.clock.waits[index]).toBeLessThanOrEqual(ceiling));
  });

  it('gives up after five meetings', async () => {
    dynamo.script('UpdateItemCommand', ...Array.from({ length: 9 }, () => failing(conflict)));
    await fault(dynamo.store.schedulers.recordHeartbeat('job', new Date()));
    expect(dynamo.takeCalls()).toHaveLength(5);
  });

  it('repeats a read of one moment that met a commit', async () => {
    dynamo.script('TransactGetItemsCommand', failing(cancelled('TransactionConflict', 'None', 'None')));
    expect(await dynamo.store.schedulers.findWithAlerts('job')).not.toBeNull();
    expect(dynamo.takeCalls().map(({ command }) => command)).toEqual(
      Array(2).fill('TransactGetItemsCommand'),
    );
  });

  it('remembers when a write became durable, and that reads and refusals are none', async () => {
    const before = dynamo.connection.lastWriteAt;
    await find();
    await expect(dynamo.store.schedulers.recordRegistration(aScheduler('job').build())).rejects.toThrow(
      ChangedConcurrently,
    );
    expect(dynamo.connection.lastWriteAt).toBe(before);
    await dynamo.store.schedulers.recordHeartbeat('job', new Date());
    expect(dynamo.connection.lastWriteAt).not.toBe(before);
  });

  it('that was carried out although its answer was lost does no harm when it is repeated', async () => {
    const at = new Date();
    dynamo.script('UpdateItemCommand', losingAnswer());
    await dynamo.store.schedulers.recordHeartbeat('job', at);
    expect(dynamo.takeCalls()).toHaveLength(2);
    expect((await find())?.lastHeartbeat).toEqual(at);
  });
});

describe('an endpoint that takes connections and never answers', () => {
  const sockets: Socket[] = [];
  /** Where a request came in, one entry for each. */
  const requests: Socket[] = [];
  let server: Server;
  let client: DynamoDBClient;
  let connection: DynamoConnection;

  beforeAll((done) => {
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('data', (bytes) => bytes.toString('latin1').startsWith('POST ') && requests.push(socket));
    }).listen(0, '127.0.0.1', done);
  });
  afterAll((done) => {
    sockets.forEach((socket) => socket.destroy());
    server.close(done);
  });
  afterEach(() => connection.close());

  function connect(answerMs: number, callDeadlineMs: number): DynamoConnection {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = createClient({ endpoint }, { connectMs: 500, answerMs, attempts: 3 });
    const options = {
      client,
      hotClient: client,
      tables: tableNames('x-'),
      clock: new HastyClock(),
      callDeadlineMs,
    };
    connection = new DynamoConnection(options);
    return connection;
  }

  const command = new GetItemCommand({ TableName: 'x-schedulers', Key: { scheduler_id: { S: 'job' } } });

  it('is given up after the last attempt', async () => {
    const before = requests.length;
    await expect(connect(30, 60_000).send(command)).rejects.toThrow('DynamoDB cannot be used (ETIMEDOUT)');
    expect(requests.length - before).toBe(3);
  });

  it('is given up at the deadline of the whole call, however many attempts are left', async () => {
    const before = requests.length;
    await expect(connect(60_000, 60).send(command)).rejects.toThrow(
      'DynamoDB cannot be used (no answer in time)',
    );
    expect(requests.length - before).toBe(1);
    // What was on the wire is broken off with it.
    const [socket] = requests.slice(-1);
    if (socket?.closed === false) await once(socket, 'close');
  });

  it('is sent nothing after the deadline, although the SDK would try again', async () => {
    const before = requests.length;
    const call = connect(60_000, 60);
    let attempts = 0;
    const refusedLater = new Promise<unknown>((resolve) => {
      client.middlewareStack.add(
        (next) => async (args) => {
          attempts += 1;
          // The first attempt ends long after the caller was answered, by a fault that is worth another try.
          if (attempts === 1) await expect(sent).rejects.toThrow('no answer in time');
          return next(args).catch((error: unknown) => {
            resolve(error);
            throw error;
          });
        },
        { step: 'deserialize', priority: 'high', name: 'late' },
      );
    });
    const sent = call.send(command);
    await expect(sent).rejects.toThrow('no answer in time');
    expect(await refusedLater).toMatchObject({ name: 'AbortError' });
    expect({ attempts, requests: requests.length - before }).toEqual({ attempts: 1, requests: 0 });
  });
});

function serviceFault(): InternalServerError {
  return new InternalServerError({ message: 'scripted', $metadata: { httpStatusCode: 500 } });
}
