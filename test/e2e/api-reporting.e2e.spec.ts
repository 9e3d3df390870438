import { FakeClock } from '../fakes/fake-clock';
import { Api, registration, statusUpdate, type Json } from '../harness/api';
import { letTimePass } from '../harness/let-time-pass';
import { KEYS, Vesper } from '../harness/vesper';

const START = '2026-03-02T17:00:00.000Z';
const ADMIN = { key: KEYS.admin };

describe.each(['json', 'dynamodb'] as const)('reporting, on %s', (storage) => {
  let vesper: Vesper;
  let api: Api;
  let clock: FakeClock;
  let ids = 0;
  let id = '';

  beforeAll(async () => {
    clock = new FakeClock(START);
    vesper = await Vesper.start({ storage, clock });
    api = await Api.of(vesper);
  });
  afterAll(() => vesper.dispose());
  beforeEach(() => {
    id = `job-${++ids}`;
  });

  const register = async (more: object = {}) => {
    const response = await api.call('POST', '/schedulers/register', registration(id, more));
    expect(response.statusCode).toBe(201);
    return response.json<Json>();
  };
  const report = async (status: string, more: object = {}) => {
    const body = statusUpdate(id, status, clock.now().toISOString(), more);
    const response = await api.call('PUT', `/schedulers/${id}/status`, body);
    return { ...response.json<Json>(), http: response.statusCode } as Json;
  };
  const heartbeat = (body?: object) => api.call('POST', `/schedulers/${id}/heartbeat`, body);
  const get = async () => (await api.call('GET', `/schedulers/${id}`)).json<Json>();
  const history = async (query = '') =>
    (await api.call('GET', `/schedulers/${id}/history${query}`)).json<Json[]>();

  describe('POST /schedulers/register', () => {
    it('creates a pending scheduler, absent values as null and empty', async () => {
      const now = clock.now().toISOString();
      const record = await register();
      expect(record).toEqual({
        scheduler_id: id,
        service_name: 'Ledger',
        job_name: 'Close',
        status: 'pending',
        timestamp: now,
        execution_time_ms: null,
        execution_time_source: null,
        error_message: null,
        metadata: null,
        run_id: null,
        last_heartbeat: null,
        created_at: now,
        updated_at: now,
        owner_email: null,
        alert_user_id: null,
        tags: [],
        heartbeat_timeout_minutes: null,
        windows: [],
        stale: false,
      });
      expect(await get()).toEqual(record);
    });

    it('replaces what was declared, and keeps status, history and creation time', async () => {
      const declared = {
        owner_email: 'team-a@example.com',
        alert_user_id: 'U1234567890',
        tags: ['finance', 'daily', 'finance'],
        heartbeat_timeout_minutes: 2.5,
        windows: ['eod'],
      };
      const first = await register({ ...declared, service_name: '  Ledger  ' });
      expect(first).toMatchObject({ ...declared, tags: ['finance', 'daily'], service_name: 'Ledger' });
      await clock.advance('1s');
      await report('completed', { execution_time_ms: 12, metadata: { rows: 3 } });
      await clock.advance('1s');
      const second = await register({ job_name: 'Closing', owner_email: null });
      expect(second).toEqual({
        ...first,
        job_name: 'Closing',
        status: 'completed',
        timestamp: '2026-03-02T17:00:01.000Z',
        execution_time_ms: 12,
        execution_time_source: 'reported',
        metadata: { rows: 3 },
        last_heartbeat: '2026-03-02T17:00:01.000Z',
        updated_at: '2026-03-02T17:00:02.000Z',
        owner_email: null,
        alert_user_id: null,
        tags: [],
        heartbeat_timeout_minutes: null,
        windows: [],
      });
      expect(await history()).toHaveLength(1);
    });

    it('revives a removed scheduler with its history', async () => {
      const first = await register();
      await report('failed');
      await api.call('DELETE', `/schedulers/${id}`, undefined, ADMIN);
      await clock.advance('1s');
      const revived = await register();
      expect(revived).toMatchObject({ status: 'failed', created_at: first['created_at'] });
      expect(await history()).toHaveLength(1);
      expect(await report('running')).toMatchObject({ http: 200, applied: true });
    });

    it('lets many register the same id at once', async () => {
      const records = await letTimePass(clock, Promise.all(Array.from({ length: 4 }, () => register())));
      expect(new Set(records.map((record) => record['created_at'])).size).toBe(1);
      expect(await get()).toMatchObject({ scheduler_id: id, status: 'pending' });
    });

    it('refuses windows that are not configured, by name', async () => {
      const response = await api.call(
        'POST',
        '/schedulers/register',
        registration(id, { windows: ['eod', 'x'] }),
      );
      expect(response.json()).toMatchObject({
        statusCode: 400,
        error: 'Bad Request',
        message: ['windows must name configured windows (eod), not "x"'],
      });
    });
  });

  describe('PUT /schedulers/{id}/status', () => {
    it('commits status, history and sign of life', async () => {
      const registered = await register();
      await clock.advance('90s');
      const reported = {
        timestamp: '2026-03-03T00:01:00.123+07:00',
        execution_time_ms: 15_000,
        metadata: { records_processed: 1000, deep: { list: [1, 'two', null, { three: -0.5 }] } },
        run_id: 'night-1',
      };
      const answer = await report('completed', reported);
      const now = clock.now().toISOString();
      const expected = {
        ...registered,
        ...reported,
        status: 'completed',
        timestamp: '2026-03-02T17:01:00.123Z',
        execution_time_source: 'reported',
        last_heartbeat: now,
        updated_at: now,
      };
      expect(answer).toEqual({ ...expected, applied: true, http: 200 });
      expect(await get()).toEqual(expected);
      expect(await history()).toEqual([
        {
          id: expect.any(String) as string,
          scheduler_id: id,
          status: 'completed',
          timestamp: '2026-03-02T17:01:00.123Z',
          execution_time_ms: 15_000,
          execution_time_source: 'reported',
          error_message: null,
          metadata: reported.metadata,
          run_id: 'night-1',
          received_at: now,
          reported_by: 'service',
        },
      ]);
    });

    it('answers 404 for an id that nobody registered, and for a removed one', async () => {
      const message = `Scheduler ${id} not found. Please register first.`;
      const unknown = { error: 'Not Found', message, code: 'SCHEDULER_NOT_REGISTERED' };
      expect(await report('running')).toMatchObject({ http: 404, ...unknown });
      await register();
      await api.call('DELETE', `/schedulers/${id}`, undefined, ADMIN);
      expect(await report('running')).toMatchObject({ http: 404, ...unknown });
    });

    it('keeps one history entry of an update that is sent again, also after the scheduler moved on', async () => {
      await register();
      const running = { timestamp: clock.now().toISOString(), run_id: 'r', metadata: { a: 1, b: 2 } };
      const first = await report('running', running);
      await clock.advance('1s');
      // The same content, in another order.
      const again = await report('running', { ...running, metadata: { b: 2, a: 1 } });
      expect(again).toEqual(first);
      await report('completed', { run_id: 'r' });
      const late = await report('running', running);
      expect(late).toMatchObject({ status: 'completed', applied: false });
      expect((await history()).map((entry) => entry['status'])).toEqual(['completed', 'running']);
      expect(await get()).toMatchObject({ status: 'completed', execution_time_ms: 1_000 });
    });

    it('takes an update for another one when any of its fields differs', async () => {
      await register();
      const timestamp = clock.now().toISOString();
      const variants = [
        {},
        { run_id: 'r' },
        { execution_time_ms: 1 },
        { error_message: 'other' },
        { metadata: { a: 1 } },
        { metadata: {} },
      ];
      for (const more of variants) await report('failed', { timestamp, ...more });
      await report('completed', { timestamp });
      const entries = await history();
      expect(entries).toHaveLength(7);
      expect(new Set(entries.map((entry) => entry['id'])).size).toBe(7);
    });

    it('keeps the current status when an older update arrives late', async () => {
      await register();
      const early = clock.now().toISOString();
      await clock.advance('10s');
      await report('completed', { execution_time_ms: 5 });
      const before = await get();
      expect(await report('failed', { timestamp: early })).toEqual({ ...before, applied: false, http: 200 });
      expect(await get()).toEqual(before);
      expect((await history()).map((entry) => entry['status'])).toEqual(['completed', 'failed']);
    });

    it('accepts a clock 5 minutes ahead and not a millisecond more', async () => {
      await register();
      const ahead = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
      expect((await report('running', { timestamp: ahead(300_000) }))['applied']).toBe(true);
      const refused = await report('running', { timestamp: ahead(300_001) });
      expect(refused).toMatchObject({ statusCode: 400, code: 'TIMESTAMP_AHEAD' });
      expect(refused['message']).toEqual([
        expect.stringMatching(/^timestamp must not be more than 5 minutes/),
      ]);
      expect(await history()).toHaveLength(1);
    });

    describe('execution time', () => {
      it('is derived from the run’s start, and marked', async () => {
        await register();
        await report('running');
        await clock.advance('2500ms');
        const derived = { execution_time_ms: 2_500, execution_time_source: 'derived' };
        expect(await report('completed')).toMatchObject(derived);
        expect((await history())[0]).toMatchObject(derived);
        expect(await get()).toMatchObject(derived);
      });

      it('is what was reported, when it was', async () => {
        await register();
        await report('running');
        await clock.advance('1s');
        const reported = { execution_time_ms: 0, execution_time_source: 'reported' };
        expect(await report('failed', { execution_time_ms: 0 })).toMatchObject(reported);
      });

      it('is unknown without a start', async () => {
        await register();
        const unknown = { execution_time_ms: null, execution_time_source: null };
        expect(await report('completed')).toMatchObject(unknown);
        await clock.advance('1s');
        await report('running', { run_id: 'a' });
        await clock.advance('1s');
        expect(await report('completed', { run_id: 'b' })).toMatchObject(unknown);
      });

      it('belongs to its own run when runs overlap', async () => {
        await register();
        await report('running', { run_id: 'a' });
        await clock.advance('10s');
        await report('running', { run_id: 'b' });
        await clock.advance('5s');
        expect(await report('completed', { run_id: 'a' })).toMatchObject({ execution_time_ms: 15_000 });
        await clock.advance('5s');
        expect(await report('failed', { run_id: 'b' })).toMatchObject({ execution_time_ms: 10_000 });
        await clock.advance('5s');
        expect(await report('completed', { run_id: 'a' })).toMatchObject({ execution_time_ms: null });
      });
    });

    it('keeps every one of many updates that arrive at once', async () => {
      await register();
      const timestamp = clock.now().toISOString();
      const runs = Array.from({ length: 12 }, (_, run) => `r${run}`);
      const answers = await Promise.all(
        runs.map((run_id) => report('completed', { run_id, timestamp, execution_time_ms: 1 })),
      );
      expect(answers.every((answer) => answer['applied'] === true)).toBe(true);
      const kept = (await history()).map((entry) => entry['run_id']);
      expect(kept).toHaveLength(runs.length);
      expect(new Set(kept)).toEqual(new Set(runs));
    });
  });

  describe('POST /schedulers/{id}/heartbeat', () => {
    it('records the server’s time and leaves the status alone', async () => {
      await register();
      await report('running');
      const before = await get();
      await clock.advance('1m');
      const now = clock.now().toISOString();
      const response = await heartbeat({ scheduler_id: id });
      expect(response.statusCode).toBe(200);
      expect(response.json()).toEqual({ message: 'Heartbeat recorded', scheduler_id: id, timestamp: now });
      expect(await get()).toEqual({ ...before, last_heartbeat: now });
      expect(await history()).toHaveLength(1);
    });

    it('needs no body', async () => {
      await register();
      for (const body of [undefined, {}, '', { scheduler_id: null }])
        expect((await heartbeat(body as object | undefined)).statusCode).toBe(200);
    });

    it('never moves backwards, whatever the clock does', async () => {
      await register();
      await heartbeat();
      const latest = clock.now();
      clock.stepWallTo(new Date(latest.getTime() - 60_000));
      expect((await heartbeat()).statusCode).toBe(200);
      expect(await get()).toMatchObject({ last_heartbeat: latest.toISOString() });
      clock.stepWallTo(latest);
    });

    it('answers 404 when it is not registered, or removed', async () => {
      const unknown = { statusCode: 404, message: `Scheduler ${id} not found`, code: 'SCHEDULER_NOT_FOUND' };
      expect((await heartbeat()).json()).toMatchObject(unknown);
      await register();
      await api.call('DELETE', `/schedulers/${id}`, undefined, ADMIN);
      expect((await heartbeat()).json()).toMatchObject(unknown);
    });

    it('must name the scheduler of the path, if it names one', async () => {
      await register();
      expect((await heartbeat({ scheduler_id: 'another' })).json()).toMatchObject({
        statusCode: 400,
        message: ['scheduler_id must equal the id in the path'],
      });
    });
  });

  describe('DELETE /schedulers/{id}', () => {
    it('is soft: gone from reads and lists, the history stays', async () => {
      await register({ service_name: `Service of ${id}` });
      await report('completed');
      const list = async () =>
        (await api.call('GET', `/schedulers?service_name=${encodeURIComponent(`Service of ${id}`)}`)).json<
          Json[]
        >();
      expect(await list()).toHaveLength(1);
      const removed = await api.call('DELETE', `/schedulers/${id}`, undefined, ADMIN);
      expect(removed.statusCode).toBe(204);
      expect(await list()).toEqual([]);
      const unknown = { statusCode: 404, error: 'Not Found', message: `Scheduler ${id} not found` };
      expect(await get()).toMatchObject(unknown);
      expect(await history()).toHaveLength(1);
      const again = await api.call('DELETE', `/schedulers/${id}`, undefined, ADMIN);
      expect(again.json()).toMatchObject(unknown);
    });

    it('needs the scope admin', async () => {
      await register();
      expect((await api.call('DELETE', `/schedulers/${id}`)).json()).toMatchObject({
        statusCode: 403,
        error: 'Forbidden',
        message: 'This API key lacks the scope admin',
      });
      expect(await get()).toMatchObject({ scheduler_id: id });
    });
  });
});
