import { statusUpdate } from '../harness/api';
import { letTimePass } from '../harness/let-time-pass';
import { QueueMode } from '../harness/queue-mode';
import { KEYS, Vesper } from '../harness/vesper';

jest.setTimeout(60_000);

describe.each(['json', 'dynamodb'] as const)('queued status updates, on %s', (storage) => {
  let mode: QueueMode;

  beforeEach(async () => (mode = await QueueMode.begin({ storage })));
  afterEach(() => mode.end());

  it('answers 202 when the update is durable, and applies it as of then', async () => {
    await mode.register('close');
    const response = await mode.report(
      'close',
      'completed',
      { execution_time_ms: 5 },
      {
        headers: { 'x-correlation-id': 'night-42' },
      },
    );
    expect(response.statusCode).toBe(202);
    expect(response.headers['x-correlation-id']).toBe('night-42');
    expect(response.json()).toEqual({
      message: 'Status update queued',
      scheduler_id: 'close',
      correlation_id: 'night-42',
      received_at: '2026-03-02T17:30:00.000Z',
    });
    expect(mode.sqs.messages()).toHaveLength(1);
    expect(await mode.get('close')).toMatchObject({ status: 'pending', last_heartbeat: null });

    await mode.clock.advance('20m');
    await mode.consume();
    expect(mode.sqs.messages()).toEqual([]);
    expect(await mode.get('close')).toMatchObject({
      status: 'completed',
      timestamp: '2026-03-02T17:30:00.000Z',
      execution_time_ms: 5,
      last_heartbeat: '2026-03-02T17:30:00.000Z',
    });
    expect(await mode.history('close')).toMatchObject([
      { status: 'completed', received_at: '2026-03-02T17:30:00.000Z', reported_by: 'service' },
    ]);
  });

  it('judges an event time by the moment of acceptance, however long the update waits', async () => {
    await mode.register('close');
    const ahead = new Date(mode.clock.now().getTime() + 5 * 60_000).toISOString();
    expect((await mode.report('close', 'running', { timestamp: ahead })).statusCode).toBe(202);
    mode.clock.stepWallTo('2026-03-02T17:00:00.000Z');
    await mode.consume();
    expect(await mode.get('close')).toMatchObject({ status: 'running', timestamp: ahead });
    expect(mode.deadLetters()).toEqual([]);
  });

  it('refuses at once, and in the same words, what is refused without a queue', async () => {
    await mode.register('close');
    const direct = await Vesper.start({ storage, clock: mode.clock });
    await direct.request('POST', '/schedulers/register', {
      scheduler_id: 'close',
      service_name: 'Ledger',
      job_name: 'Close',
    });
    const now = mode.clock.now().toISOString();
    const good = statusUpdate('close', 'completed', now);
    const bad: [string, object | string, string | null][] = [
      [
        '/schedulers/close/status',
        { ...good, status: 'done', colour: 'red', timestamp: 'now' },
        KEYS.service,
      ],
      ['/schedulers/close/status', { ...good, scheduler_id: 'other' }, KEYS.service],
      ['/schedulers/close/status', { ...good, status: 'failed', error_message: ' ' }, KEYS.service],
      ['/schedulers/close/status', { ...good, timestamp: '2026-03-02T17:35:00.001Z' }, KEYS.service],
      ['/schedulers/close/status', '{"scheduler_id":', KEYS.service],
      ['/schedulers/close/status', good, KEYS.reader],
      ['/schedulers/close/status', { status: 'nonsense' }, null],
      ['/schedulers/nobody/status', statusUpdate('nobody', 'completed', now), KEYS.service],
    ];
    for (const [path, body, key] of bad) {
      const headers = { 'x-correlation-id': 'same' };
      const answer = await mode.api.call('PUT', path, body, { key, headers });
      const expected = await direct.inject({
        method: 'PUT',
        url: `/api/v1${path}`,
        headers: {
          ...headers,
          ...(key !== null && { 'x-api-key': key }),
          'content-type': 'application/json',
        },
        payload: body,
      });
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect([answer.statusCode, answer.json()]).toEqual([expected.statusCode, expected.json()]);
    }
    expect(mode.sqs.callsOf('SendMessageBatch')).toEqual([]);
    await letTimePass(mode.clock, direct.dispose());
  });

  it('keeps the order of each scheduler, and derives and alerts as without a queue', async () => {
    const ids = ['a', 'b', 'x'.repeat(255)];
    await mode.register(...ids);
    for (let run = 0; run < 4; run++) {
      for (const status of ['running', 'failed', 'running', 'completed'])
        for (const id of ids) {
          await mode.clock.advance('1s');
          expect((await mode.report(id, status, { run_id: `run-${run}` })).statusCode).toBe(202);
        }
    }
    expect(new Set(mode.sqs.messages().map(({ group }) => group)).size).toBe(ids.length);
    await mode.consume();
    for (const id of ids) {
      const history = (await mode.history(id)).reverse();
      expect(history.map(({ status }) => status).join()).toBe(
        Array(4).fill('running,failed,running,completed').join(),
      );
      expect(history.map((entry) => entry['execution_time_ms'])).toEqual(
        Array(4).fill([null, 3_000, null, 3_000]).flat(),
      );
      expect(await mode.get(id)).toMatchObject({ status: 'completed', run_id: 'run-3' });
    }
    const { alerts } = mode.vesper.foundations.store;
    const open = await alerts.list({ status: 'firing', dedupKey: null }, { limit: 100, after: null });
    expect(open.items).toEqual([]);
  });

  it('applies once what is reported twice, and what is handed out twice, and tells its failure once', async () => {
    await mode.register('close');
    const timestamp = mode.clock.now().toISOString();
    for (const correlation of ['one', 'two'])
      await mode.report('close', 'failed', { timestamp }, { headers: { 'x-correlation-id': correlation } });
    expect(mode.sqs.messages()).toHaveLength(2);
    mode.sqs.fault({ kind: 'forgotten_deletion', times: 2 });
    await mode.consume();
    expect(mode.sqs.messages()).toHaveLength(2);
    await mode.clock.advance('61s');
    await mode.consume();
    expect(mode.sqs.messages()).toEqual([]);
    expect(await mode.history('close')).toHaveLength(1);
    expect(mode.posts()).toHaveLength(1);
    expect(mode.posts()[0]?.edits).toEqual([]);
    expect(JSON.stringify(mode.posts()[0])).toContain('one');
    expect(await mode.metric('vesper_status_queue_sent_total{outcome="queued"}')).toBe(2);
    expect(await mode.metric('vesper_status_queue_consumed_total{outcome="recorded"}')).toBe(4);
    expect(await mode.metric('vesper_status_updates_total{status="failed",outcome="applied"}')).toBe(1);
    expect(await mode.metric('vesper_status_queue_age_seconds_count')).toBe(4);
  });

  it('takes each of several updates that a caller sends under one correlation id', async () => {
    await mode.register('close');
    for (const status of ['running', 'completed']) {
      await mode.clock.advance('1s');
      await mode.report('close', status, {}, { headers: { 'x-correlation-id': 'the-whole-job' } });
    }
    await mode.consume();
    expect((await mode.history('close')).map(({ status }) => status)).toEqual(['completed', 'running']);
  });

  it('takes hundreds at once with few calls, and works through them', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => `job-${n}`);
    await mode.register(...ids);
    await Promise.all(ids.map((id) => mode.report(id, 'running')));
    await mode.clock.advance('1s');
    const answers = await Promise.all(
      [...ids, ...ids].map((id, n) => mode.report(id, 'completed', { metadata: { n } })),
    );
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([202]));
    expect(mode.sqs.callsOf('SendMessageBatch').length).toBeLessThan(90);
    await mode.consume();
    expect(mode.sqs.messages()).toEqual([]);
    for (const id of ids) expect(await mode.history(id)).toHaveLength(3);
  });

  it('is well, and says what the consumer does', async () => {
    expect(await mode.health()).toMatchObject({ status: 'healthy', checks: { queue: 'ok' } });
    await mode.consume();
    const workers = (await mode.api.call('GET', '/workers', undefined, { key: KEYS.admin })).json<object[]>();
    expect(workers).toContainEqual(
      expect.objectContaining({ name: 'status-queue', enabled: true, last_outcome: 'done', runs: 1 }),
    );
  });
});

describe('API and consumer apart, on DynamoDB', () => {
  let mode: QueueMode;

  beforeEach(async () => (mode = await QueueMode.begin({ storage: 'dynamodb' })));
  afterEach(() => mode.end());

  it('applies what another process accepted, with two consumers at once', async () => {
    // More than one consumer takes at first.
    const ids = Array.from({ length: 45 }, (_, n) => `job-${n}`);
    await mode.register(...ids);
    const consumers = [await mode.start(), await mode.start()];
    // Of one and the same moment: which is current shows the order in which they were applied.
    for (let n = 1; n <= 3; n++)
      await Promise.all(ids.map((id) => mode.report(id, 'running', { metadata: { n } })));
    await Promise.all(consumers.map((consumer) => mode.consume(consumer)));
    expect(mode.sqs.messages()).toEqual([]);
    for (const id of ids) {
      expect(await mode.history(id)).toHaveLength(3);
      expect(await mode.get(id)).toMatchObject({ metadata: { n: 3 } });
    }
    for (const { foundations } of consumers) {
      const { values } = await foundations.metrics.statusConsumed.get();
      expect(values).toMatchObject([{ labels: { outcome: 'recorded' } }]);
    }
    for (const consumer of consumers) await letTimePass(mode.clock, consumer.stop());
  });

  it('leaves the queue alone where the worker is not at home', async () => {
    const api = await mode.start({ WORKERS: 'none' });
    expect(api.application.runner.reports().find(({ name }) => name === 'status-queue')).toMatchObject({
      enabled: false,
    });
    await letTimePass(mode.clock, api.stop());
  });
});
