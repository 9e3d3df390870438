import { FakeClock } from '../fakes/fake-clock';
import { FakeSqs } from '../fakes/fake-sqs';
import { letTimePass } from '../harness/let-time-pass';
import { until } from '../harness/until';
import { Vesper } from '../harness/vesper';

jest.setTimeout(30_000);

let clock: FakeClock;
let sqs: FakeSqs;

beforeEach(async () => {
  clock = new FakeClock();
  sqs = await FakeSqs.start({ clock, longPolls: true });
});
afterEach(() => sqs.close());

const startOn = (queueUrl: string, logged: string[] = []) =>
  Vesper.start({
    clock,
    environment: { SQS_ENABLED: 'true', SQS_QUEUE_URL: queueUrl },
    logTo: (line) => void logged.push(line),
  });

describe('the start in queue mode', () => {
  it.each([
    ['does not exist', null, /there is no such queue: check SQS_QUEUE_URL/],
    [
      'has no dead-letter queue',
      { FifoQueue: 'true' },
      /it has no dead-letter queue: give it a redrive policy/,
    ],
  ])('is refused when the queue %s', async (_, attributes: Record<string, string> | null, message) => {
    if (attributes !== null) sqs.queues.create('other.fifo', attributes);
    await expect(startOn(sqs.queues.urlOf('other.fifo'))).rejects.toThrow(message);
  });

  it('is refused when the queue may not be used', async () => {
    sqs.fault({ kind: 'refuse', code: 'AccessDeniedException', status: 403, times: 9 });
    await expect(startOn(sqs.queueUrl)).rejects.toThrow(
      /AccessDeniedException: .*Vesper needs sqs:GetQueueAttributes/,
    );
  });

  it('warns of a queue that gives up sooner or later than after five tries', async () => {
    const dead = sqs.queues.describe(sqs.queues.named('vesper-status-dead.fifo'), ['QueueArn'])['QueueArn'];
    const policy = JSON.stringify({ deadLetterTargetArn: dead, maxReceiveCount: '3' });
    sqs.queues.create('three.fifo', { FifoQueue: 'true', RedrivePolicy: policy });
    const logged: string[] = [];
    const vesper = await startOn(sqs.queues.urlOf('three.fifo'), logged);
    expect(logged.join()).toContain('the redrive policy of the queue does not allow five tries');
    await letTimePass(clock, vesper.dispose());
  });

  it.each(['away', 'unwell'])('goes on without SQS when that is %s, and says so', async (state) => {
    if (state === 'away') await sqs.goAway();
    else sqs.fault({ kind: 'refuse', code: 'InternalError', status: 500, times: 9 });
    const logged: string[] = [];
    const vesper = await startOn(sqs.queueUrl, logged);
    expect(logged.join()).toContain('the queue is out of reach; status updates are refused until it is back');
    const health = async () => (await vesper.request('GET', '/health', undefined, null)).json<object>();
    expect(await health()).toMatchObject({ status: 'degraded' });
    const ready = await vesper.request('GET', '/health/ready', undefined, null);
    expect(ready.statusCode).toBe(200);
    if (state === 'away') await sqs.comeBack();
    sqs.clearFaults();
    await clock.advance('61s');
    await health();
    await until(async () => JSON.stringify(await health()).includes('"queue":"ok"'));
    await letTimePass(clock, vesper.dispose());
  });
});

it('is disabled, and known to be, without a queue', async () => {
  const vesper = await Vesper.start({ clock });
  const health = await vesper.request('GET', '/health', undefined, null);
  expect(health.json()).toMatchObject({ status: 'healthy', checks: { queue: 'disabled' } });
  await vesper.run('status-queue');
  const report = vesper.application.runner.reports().find(({ name }) => name === 'status-queue');
  expect(report).toMatchObject({ runs: 0 });
  await vesper.dispose();
});

it('waits for the next message instead of asking again and again, and ends its wait when it is stopped', async () => {
  const vesper = await startOn(sqs.queueUrl);
  await vesper.request('POST', '/schedulers/register', {
    scheduler_id: 'close',
    service_name: 'Ledger',
    job_name: 'Close',
  });
  const consuming = vesper.run('status-queue');
  await until(() => sqs.callsOf('ReceiveMessage').length >= 3);
  await clock.advance('10s');
  const timestamp = clock.now().toISOString();
  const body = {
    scheduler_id: 'close',
    service_name: 'Ledger',
    job_name: 'Close',
    status: 'running',
    timestamp,
  };
  expect((await vesper.request('PUT', '/schedulers/close/status', body)).statusCode).toBe(202);
  const status = async () =>
    (await vesper.request('GET', '/schedulers/close')).json<{ status: string }>().status;
  await until(async () => (await status()) === 'running');
  expect(sqs.callsOf('ReceiveMessage').length).toBeLessThanOrEqual(4);
  const begunAt = performance.now();
  // Time stands still: only the stop itself can end the wait.
  await vesper.dispose();
  await consuming;
  expect(performance.now() - begunAt).toBeLessThan(5_000);
});
