import { StorageUnavailable } from '../../src/domain/shared/errors';
import { StatusBatch } from '../../src/features/schedulers/status-batch';
import { statusUpdate } from '../harness/api';
import { letTimePass } from '../harness/let-time-pass';
import { QueueMode } from '../harness/queue-mode';

jest.setTimeout(60_000);

describe.each(['json', 'dynamodb'] as const)('queued status updates when things fail, on %s', (storage) => {
  let mode: QueueMode;

  beforeEach(async () => (mode = await QueueMode.begin({ storage })));
  afterEach(async () => {
    jest.restoreAllMocks();
    await mode.end();
  });

  const schedulersOf = (vesper = mode.vesper) => vesper.foundations.store.schedulers;
  /** Reads and writes of schedulers fail as they do when the storage is gone. @returns how it comes back */
  const loseStorage = (): (() => void) => {
    const away = new StorageUnavailable('away');
    const spies = [
      jest.spyOn(schedulersOf(), 'find').mockRejectedValue(away),
      jest.spyOn(schedulersOf(), 'findWithAlerts').mockRejectedValue(away),
      jest.spyOn(schedulersOf(), 'recordStatus').mockRejectedValue(away),
    ];
    return () => spies.forEach((spy) => spy.mockRestore());
  };
  const receives = () => mode.sqs.messages().map((message) => message.receives);

  it('loses nothing and gives nothing up while the storage is away for an hour', async () => {
    await mode.register('a', 'b');
    await mode.report('a', 'running');
    await mode.report('b', 'failed');
    const comeBack = loseStorage();
    const consuming = mode.vesper.run('status-queue');
    await mode.pass(30);
    // Whoever is known is taken, and so is whoever cannot be looked up.
    for (const id of ['a', 'b', 'a', 'stranger'])
      expect((await mode.report(id, 'completed')).statusCode).toBe(202);
    await mode.pass(30);
    expect(receives()).toEqual(expect.arrayContaining([1, 1]));
    expect(Math.max(...receives())).toBe(1);
    expect(mode.deadLetters()).toEqual([]);
    comeBack();
    await mode.pass(1);
    await letTimePass(mode.clock, consuming);
    await mode.consume();
    expect(mode.sqs.messages()).toEqual([]);
    expect((await mode.history('a')).map(({ status }) => status)).toEqual(['completed', 'running']);
    expect((await mode.history('b')).map(({ status }) => status)).toEqual(['completed', 'failed']);
    expect(mode.posts()).toHaveLength(1);
    expect(mode.deadLetters().map(({ reason }) => reason)).toEqual(['refused']);
    expect(
      mode.logOf('queued updates cannot be applied for now; they are kept and tried again'),
    ).toHaveLength(1);
    expect(mode.logOf('queued updates are applied again')).toHaveLength(1);
  });

  it('applies once what a consumer applied that died before it could say so', async () => {
    await mode.register('close');
    await mode.report('close', 'failed');
    mode.sqs.fault({
      kind: 'refuse',
      code: 'InternalError',
      status: 500,
      operation: 'DeleteMessageBatch',
      times: 99,
    });
    await mode.consume();
    expect(receives()).toEqual([1]);
    await mode.restart();
    mode.sqs.clearFaults();
    await mode.consume();
    expect(receives()).toEqual([1]);
    await mode.pass(1);
    await mode.clock.advance('5s');
    await mode.consume();
    expect(mode.sqs.messages()).toEqual([]);
    expect(await mode.history('close')).toHaveLength(1);
    expect(mode.posts()).toHaveLength(1);
    expect(mode.posts()[0]?.edits).toEqual([]);
  });

  it('applies again nothing but what its deletion was not confirmed of', async () => {
    await mode.register('a', 'b');
    await mode.report('a', 'running');
    await mode.report('b', 'running');
    mode.sqs.fault({ kind: 'entry_fails', operation: 'DeleteMessageBatch' });
    await mode.consume();
    expect(mode.sqs.messages()).toEqual([]);
    expect(await mode.metric('vesper_status_queue_consumed_total{outcome="recorded"}')).toBe(2);
  });

  it('puts aside at once what nobody can read or the rules refuse, and goes on with the scheduler', async () => {
    await mode.register('close', 'gone');
    await mode.report('close', 'running');
    const good = mode.sqs.messages()[0]?.body ?? '';
    const fields = JSON.parse(good) as Record<string, unknown>;
    const { run_id: _, ...incomplete } = fields;
    const unreadable = [
      'not json',
      '[]',
      '{}',
      JSON.stringify({ ...fields, colour: 'red' }),
      JSON.stringify({ ...fields, version: 0 }),
      JSON.stringify({ ...fields, status: 'done' }),
      JSON.stringify(incomplete),
    ];
    for (const body of unreadable) mode.sqs.plant(body, 'close');
    await mode.report('gone', 'failed', {}, { headers: { 'x-correlation-id': 'the-last' } });
    await mode.api.call('DELETE', '/schedulers/gone', undefined, { key: 'admin-key-aaaaaaaaaaaaaaaaaaaaaa' });
    await mode.clock.advance('1s');
    await mode.report('close', 'completed');
    await mode.consume();
    expect(mode.sqs.messages()).toEqual([]);
    expect(await mode.get('close')).toMatchObject({ status: 'completed' });
    const dead = mode.deadLetters();
    expect(dead.filter(({ reason }) => reason === 'unreadable').map(({ body }) => body)).toEqual(unreadable);
    expect(dead.filter(({ reason }) => reason === 'refused')).toHaveLength(1);
    expect(mode.posts()).toEqual([]);
    expect(await mode.metric('vesper_status_queue_consumed_total{outcome="dead_letter"}')).toBe(8);
    const logged = mode.logOf('a queued update became a dead letter');
    expect(logged).toHaveLength(8);
    expect(logged).toContainEqual(
      expect.objectContaining({ reason: 'refused', group: 'gone', correlation_id: 'the-last' }),
    );
  });

  it('takes up a dead letter that is sent back, once what was wrong is mended', async () => {
    await mode.register('close');
    await mode.report('close', 'completed');
    await mode.api.call('DELETE', '/schedulers/close', undefined, {
      key: 'admin-key-aaaaaaaaaaaaaaaaaaaaaa',
    });
    await mode.consume();
    const [dead] = mode.deadLetters();
    await mode.register('close');
    mode.sqs.plant(dead?.body ?? '', 'close');
    await mode.consume();
    expect(await mode.get('close')).toMatchObject({ status: 'completed' });
  });

  it('tries five times what fails for no known reason, and drags nothing else along', async () => {
    await mode.register('bad', 'good');
    await mode.report('bad', 'running', {}, { headers: { 'x-correlation-id': 'the-bad-one' } });
    await mode.clock.advance('1s');
    for (let n = 0; n < 4; n++) await mode.report('bad', 'completed', { metadata: { n } });
    await mode.report('good', 'completed');
    const real = schedulersOf().recordStatus.bind(schedulersOf());
    let tries = 0;
    jest.spyOn(schedulersOf(), 'recordStatus').mockImplementation((decision) => {
      if (decision.entry.schedulerId !== 'bad' || decision.entry.status !== 'running') return real(decision);
      tries++;
      return Promise.reject(new TypeError('a defect'));
    });
    await mode.consume();
    expect(tries).toBe(5);
    expect(mode.deadLetters().map(({ reason }) => reason)).toEqual(['failed']);
    expect(await mode.history('bad')).toHaveLength(4);
    expect(await mode.get('good')).toMatchObject({ status: 'completed' });
    expect(mode.logOf('a queued update became a dead letter')).toMatchObject([
      { reason: 'failed', correlation_id: 'the-bad-one', receives: 1 },
    ]);
  });

  it('leaves an update of a newer version to a newer Vesper, with all that follow it', async () => {
    await mode.register('close');
    const newer = JSON.stringify({ version: 2, something: 'else' });
    mode.sqs.plant(newer, 'close');
    await mode.report('close', 'running');
    await mode.consume();
    expect(mode.sqs.messages()).toHaveLength(2);
    expect(await mode.get('close')).toMatchObject({ status: 'pending' });
    for (let n = 0; n < 5; n++) {
      await mode.clock.advance('31s');
      await mode.consume();
    }
    // Nobody knew it: the queue itself puts it aside after five receives.
    expect(mode.deadLetters()).toContainEqual({ body: newer, reason: undefined });
  });

  it('holds up only one scheduler when its dead letter cannot be put aside', async () => {
    await mode.register('bad', 'good');
    mode.sqs.plant('not json', 'bad');
    await mode.report('bad', 'running');
    await mode.report('good', 'running');
    mode.sqs.fault({ kind: 'refuse', code: 'AccessDeniedException', operation: 'SendMessage', times: 9 });
    await mode.consume();
    expect(mode.sqs.messages().map(({ group }) => group)).toEqual(['bad', 'bad']);
    expect(await mode.get('good')).toMatchObject({ status: 'running' });
    mode.sqs.clearFaults();
    await mode.clock.advance('31s');
    await mode.consume();
    expect(mode.sqs.messages()).toEqual([]);
    expect(await mode.get('bad')).toMatchObject({ status: 'running' });
    expect(mode.deadLetters()).toEqual([{ body: 'not json', reason: 'unreadable' }]);
  });

  it('refuses with 503 what SQS does not take, applies nothing of it, and is well again with SQS', async () => {
    await mode.register('close');
    const refused = async () => {
      const answer = await mode.report('close', 'failed');
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toMatchObject({ error: 'Service Unavailable', code: 'STATE_ERROR' });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    };
    await mode.sqs.goAway();
    await refused();
    const health = await mode.health();
    expect(health).toMatchObject({ status: 'degraded', checks: { storage: 'ok' } });
    // The SDK does not take errors of jest's realm for errors, and hides their code.
    expect(health.checks['queue']).toMatch(/^(?:ECONNREFUSED|ECONNRESET|Error)$/);
    await mode.sqs.comeBack();
    mode.sqs.fault({ kind: 'entry_fails', operation: 'SendMessageBatch' });
    await refused();
    mode.sqs.fault({ kind: 'refuse', code: 'RequestThrottled', operation: 'SendMessageBatch', times: 3 });
    await refused();
    expect(mode.sqs.messages()).toEqual([]);
    await mode.consume();
    expect(await mode.get('close')).toMatchObject({ status: 'pending' });
    expect(mode.posts()).toEqual([]);
    expect((await mode.report('close', 'failed')).statusCode).toBe(202);
    expect(await mode.health()).toMatchObject({ status: 'healthy', checks: { queue: 'ok' } });
    expect(await mode.metric('vesper_status_queue_sent_total{outcome="failed"}')).toBe(3);
  });

  it('drags nobody else along with what SQS calls malformed', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `job-${n}`);
    await mode.register(...ids);
    mode.sqs.fault({ kind: 'refuse', code: 'InvalidParameterValue', operation: 'SendMessageBatch' });
    const answers = await Promise.allSettled(ids.map((id) => mode.report(id, 'running')));
    // An undocumented 500, as a defect is: the harness refuses it.
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(mode.sqs.messages()).toHaveLength(29);
    await mode.consume();
    expect(mode.sqs.messages()).toEqual([]);
  });

  it('tells a defect of its own apart from a queue that is away, and goes on', async () => {
    await mode.register('close');
    await mode.report('close', 'running');
    jest.spyOn(StatusBatch.prototype, 'work').mockRejectedValueOnce(new TypeError('scripted'));
    await mode.consume();
    expect(mode.logOf('the queue cannot be read; it is tried again')).toEqual([]);
    expect(
      mode.logOf(
        'queued updates could not be worked through for a reason nobody foresaw; they are tried again',
      ),
    ).toMatchObject([{ level: 'error', err: { message: 'scripted' } }]);
    expect(await mode.metric('vesper_worker_interruptions_total{worker="status-queue"}')).toBe(1);
    await mode.pass(1);
    await mode.consume();
    expect(await mode.get('close')).toMatchObject({ status: 'running' });
  });

  it('answers in a few seconds although SQS does not', async () => {
    await mode.register('close');
    mode.sqs.fault({ kind: 'hang', operation: 'SendMessageBatch', times: 99 });
    const begunAt = performance.now();
    const answers = await Promise.all(Array.from({ length: 120 }, () => mode.report('close', 'running')));
    expect(performance.now() - begunAt).toBeLessThan(7_000);
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([503]));
  });

  it('queues once what was taken and not answered: the sending is repeated under its own name', async () => {
    await mode.register('close');
    mode.sqs.fault({ kind: 'lost_answer', operation: 'SendMessageBatch' });
    expect((await mode.report('close', 'running')).statusCode).toBe(202);
    expect(mode.sqs.callsOf('SendMessageBatch')).toHaveLength(2);
    expect(mode.sqs.messages()).toHaveLength(1);
  });

  it('goes on by itself when SQS was away from the consumer', async () => {
    await mode.register('close');
    await mode.report('close', 'running');
    await mode.sqs.goAway();
    await mode.consume();
    await mode.sqs.comeBack();
    await mode.consume();
    expect(await mode.get('close')).toMatchObject({ status: 'running' });
    expect(mode.logOf('the queue cannot be read; it is tried again')).toHaveLength(1);
    expect(mode.logOf('the queue is in reach again')).toHaveLength(1);
  });

  it('finishes what it is at when it is stopped, and takes nothing more', async () => {
    await mode.register('a', 'b');
    await mode.report('a', 'running');
    const real = schedulersOf().recordStatus.bind(schedulersOf());
    let begin!: () => void;
    let release!: () => void;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const gate = new Promise<void>((resolve) => (release = resolve));
    jest.spyOn(schedulersOf(), 'recordStatus').mockImplementation(async (decision) => {
      begin();
      await gate;
      return real(decision);
    });
    const taken = mode.sqs.messages()[0]?.body ?? '';
    void mode.vesper.run('status-queue');
    await begun;
    // Those that found nothing have ended by now.
    await mode.pass(0.1);
    const stopping = mode.vesper.stop();
    mode.sqs.plant(taken.replace('"a"', '"b"'), 'b');
    release();
    await letTimePass(mode.clock, stopping);
    expect(mode.sqs.messages().map(({ group }) => group)).toEqual(['b']);
    jest.restoreAllMocks();
    mode.vesper = await mode.start();
    await mode.restart();
    expect(await mode.get('a')).toMatchObject({ status: 'running' });
    expect(await mode.get('b')).toMatchObject({ status: 'pending' });
    await mode.consume();
    expect(await mode.get('b')).toMatchObject({ status: 'running' });
  });

  it('gives back at once, when it is stopped, what the storage does not take', async () => {
    await mode.register('close');
    await mode.report('close', 'running');
    const comeBack = loseStorage();
    void mode.vesper.run('status-queue');
    await mode.pass(0.5);
    expect(receives()).toEqual([1]);
    await letTimePass(mode.clock, mode.vesper.stop());
    comeBack();
    mode.vesper = await mode.start();
    await mode.restart();
    await mode.consume();
    expect(mode.sqs.messages()).toEqual([]);
    expect(await mode.get('close')).toMatchObject({ status: 'running' });
  });

  it('tells a stranger so again as soon as the storage can say', async () => {
    const comeBack = loseStorage();
    expect((await mode.report('stranger', 'running')).statusCode).toBe(202);
    comeBack();
    await mode.clock.advance('5s');
    const now = mode.clock.now().toISOString();
    const answer = await mode.api.call(
      'PUT',
      '/schedulers/stranger/status',
      statusUpdate('stranger', 'running', now),
    );
    expect([answer.statusCode, answer.json()]).toMatchObject([404, { code: 'SCHEDULER_NOT_REGISTERED' }]);
  });
});
