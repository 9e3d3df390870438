import { StorageUnavailable } from '../../src/domain/shared/errors';
import { letTimePass } from '../harness/let-time-pass';
import { QueueMode } from '../harness/queue-mode';
import { KEYS } from '../harness/vesper';

jest.setTimeout(60_000);

const UNCOUNTED = 'the messages of the queue cannot be counted; it is tried again';

let mode: QueueMode;

beforeEach(async () => (mode = await QueueMode.begin()));
afterEach(async () => {
  jest.restoreAllMocks();
  await mode.end();
});

/** By state, as read when what was seen last is too old. */
async function messages(): Promise<Record<string, number>> {
  await mode.clock.advance('10s');
  const { body } = await mode.api.call('GET', '/metrics', undefined, { key: KEYS.admin });
  const samples = body.matchAll(/^vesper_status_queue_messages\{state="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...samples].map(([, state = '', count]) => [state, Number(count)]));
}

const interruptions = () => mode.metric('vesper_worker_interruptions_total{worker="status-queue"}');

it('says how much waits although nobody consumes', async () => {
  await mode.register('a', 'b');
  expect(await messages()).toEqual({ waiting: 0, held: 0, dead_letter: 0 });
  await mode.report('a', 'running');
  await mode.report('b', 'running');
  expect(await messages()).toEqual({ waiting: 2, held: 0, dead_letter: 0 });
  await mode.consume();
  expect(await messages()).toEqual({ waiting: 0, held: 0, dead_letter: 0 });
});

it('says how much is held while the storage does not take it', async () => {
  await mode.register('a');
  await mode.report('a', 'running');
  jest
    .spyOn(mode.vesper.foundations.store.schedulers, 'findWithAlerts')
    .mockRejectedValue(new StorageUnavailable('away'));
  const consuming = mode.vesper.run('status-queue');
  await mode.pass(0.5);
  expect(await messages()).toEqual({ waiting: 0, held: 1, dead_letter: 0 });
  jest.restoreAllMocks();
  await mode.pass(1);
  await letTimePass(mode.clock, consuming);
});

it('says how many dead letters there are, also of those that SQS itself put aside', async () => {
  await mode.register('close');
  mode.sqs.plant('not json', 'close');
  mode.sqs.plant(JSON.stringify({ version: 2 }), 'other');
  for (let n = 0; n < 6; n++) {
    await mode.consume();
    await mode.clock.advance('31s');
  }
  expect(await mode.metric('vesper_status_queue_consumed_total{outcome="dead_letter"}')).toBe(1);
  expect(await messages()).toEqual({ waiting: 0, held: 0, dead_letter: 2 });
});

it('says nothing of a queue that it cannot reach, and counts that it cannot be read', async () => {
  await mode.register('a');
  await mode.report('a', 'running');
  expect(await messages()).toMatchObject({ waiting: 1 });
  await mode.sqs.goAway();
  await mode.consume();
  expect(await messages()).toEqual({});
  expect(await messages()).toEqual({});
  expect(await interruptions()).toBeGreaterThan(0);
  expect(mode.logOf(UNCOUNTED)).toHaveLength(1);
  await mode.sqs.comeBack();
  expect(await messages()).toEqual({ waiting: 1, held: 0, dead_letter: 0 });
});

it('calls a queue well that may be used though not counted', async () => {
  mode.sqs.fault({
    kind: 'refuse',
    code: 'AccessDeniedException',
    operation: 'GetQueueAttributes',
    times: 99,
  });
  await mode.register('a');
  expect((await mode.report('a', 'running')).statusCode).toBe(202);
  expect(await messages()).toEqual({});
  expect(await mode.health()).toMatchObject({ status: 'healthy', checks: { queue: 'ok' } });
});

it('asks SQS every ten seconds at most, however often it is asked itself', async () => {
  await messages();
  const asked = mode.sqs.callsOf('GetQueueAttributes').length;
  for (let n = 0; n < 5; n++) await interruptions();
  expect(mode.sqs.callsOf('GetQueueAttributes')).toHaveLength(asked);
});
