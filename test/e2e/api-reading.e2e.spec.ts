import { FakeClock } from '../fakes/fake-clock';
import { aScheduler } from '../builders/a-scheduler';
import { Api, followPages, nextPage, registration, statusUpdate, type Json } from '../harness/api';
import { KEYS, Vesper } from '../harness/vesper';

const START = '2026-03-02T17:00:00.000Z';
const WINDOWS = JSON.stringify({
  windows: [
    { name: 'eod', start: '00:00', end: '06:00', time_zone: 'Asia/Jakarta' },
    { name: 'frankfurt', start: '22:00', end: '02:30', time_zone: 'Europe/Berlin', tags: ['frankfurt'] },
  ],
});

/** In the order of the list: by service, job and id, each in the order of its UTF-8 bytes. */
const LISTED = [
  registration('b-1', { service_name: 'Ledger', job_name: 'Close', tags: ['finance', 'frankfurt'] }),
  registration('a-2', { service_name: 'Ledger', job_name: 'Open', heartbeat_timeout_minutes: 1 }),
  registration('a-3', {
    service_name: 'Ledger',
    job_name: 'Open',
    windows: ['frankfurt'],
    tags: ['frankfurt'],
  }),
  registration('z-4', { service_name: 'Ledger Archive', job_name: 'Ärger' }),
  registration('c-5', { service_name: 'ledger', job_name: 'close', tags: ['Finance'] }),
  registration('d-6', { service_name: 'Überweisung 🌙', job_name: '夜間処理' }),
];

const ids = (items: readonly Json[]) => items.map((item) => item['scheduler_id']);

describe.each(['json', 'dynamodb'] as const)('reading, on %s', (storage) => {
  let vesper: Vesper;
  let api: Api;
  let clock: FakeClock;

  beforeAll(async () => {
    clock = new FakeClock(START);
    vesper = await Vesper.start({ storage, clock, windowsFile: WINDOWS });
    api = await Api.of(vesper);
    const register = (body: Json) => api.call('POST', '/schedulers/register', body);
    const gone = registration('gone', { service_name: 'Ledger' });
    await Promise.all([gone, ...LISTED].reverse().map(register));
    await Promise.all(['a-2', 'a-3', 'gone'].map((id) => report(id, 'running')));
    await api.call('DELETE', '/schedulers/gone', undefined, { key: KEYS.admin });
    await report('c-5', 'failed');
    // Longer than the timeout of a-2, not than that of a-3.
    await clock.advance('2m');
  });
  afterAll(() => vesper.dispose());

  const report = (id: string, status: string, more: object = {}) =>
    api.call('PUT', `/schedulers/${id}/status`, statusUpdate(id, status, clock.now().toISOString(), more));
  const list = async (query: string) => (await api.call('GET', `/schedulers${query}`)).json<Json[]>();

  describe('GET /schedulers', () => {
    it('lists the living, ordered by service, job and id, each as it reads alone', async () => {
      const response = await api.call('GET', '/schedulers');
      const items = response.json<Json[]>();
      expect(ids(items)).toEqual(ids(LISTED));
      expect(response.headers.link).toBeUndefined();
      const alone = await Promise.all(ids(LISTED).map((id) => api.call('GET', `/schedulers/${String(id)}`)));
      expect(items).toEqual(alone.map((answer) => answer.json<Json>()));
    });

    it.each([
      ['status=running', ['a-2', 'a-3']],
      ['status=failed', ['c-5']],
      ['status=completed', []],
      ['service_name=Ledger', ['b-1', 'a-2', 'a-3']],
      [`service_name=${encodeURIComponent('Überweisung 🌙')}`, ['d-6']],
      ['service_name=Led', []],
      ['tag=finance', ['b-1']],
      ['tag=frankfurt', ['b-1', 'a-3']],
      ['window=eod', ['b-1', 'a-2', 'z-4', 'c-5', 'd-6']],
      ['window=frankfurt', ['b-1', 'a-3']],
      ['stale=true', ['a-2']],
      ['stale=false', ['b-1', 'a-3', 'z-4', 'c-5', 'd-6']],
      ['q=LEDGER', ['b-1', 'a-2', 'a-3', 'z-4', 'c-5']],
      ['q=%C3%A4RG', ['z-4']],
      ['q=%E5%A4%9C%E9%96%93', ['d-6']],
      ['q=-6', ['d-6']],
      ['q=.*', []],
      ['q=', ['b-1', 'a-2', 'a-3', 'z-4', 'c-5', 'd-6']],
      ['status=running&stale=false&q=open&service_name=Ledger&tag=frankfurt&window=frankfurt', ['a-3']],
    ])('filters by %s', async (query, expected) => {
      const items = await list(`?${query}`);
      expect(ids(items)).toEqual(expected);
      expect(ids((await followPages(api, `/schedulers?${query}&limit=1`)).flat())).toEqual(expected);
    });

    it.each([1, 2, 4, 5, 6, 1_000])('pages by %d without loss or repetition', async (limit) => {
      const pages = await followPages(api, `/schedulers?limit=${limit}`);
      expect(pages.map((page) => page.length)).toEqual(
        Array.from({ length: Math.ceil(6 / limit) }, (_, page) => Math.min(limit, 6 - page * limit)),
      );
      expect(ids(pages.flat())).toEqual(ids(LISTED));
    });

    it('keeps filters and host in the link, and goes on behind a place that has vanished', async () => {
      const response = await api.call('GET', '/schedulers?q=ledger&limit=2', undefined, {
        headers: { host: 'vesper.example:8443' },
      });
      expect(response.headers.link).toMatch(
        /^<http:\/\/vesper\.example:8443\/api\/v1\/schedulers\?q=ledger&limit=2&cursor=[\w-]+>; rel="next"$/,
      );
      const cursor = Buffer.from('Ledger\0Open\0a-2.5').toString('base64url');
      expect(ids(await list(`?cursor=${cursor}&limit=1`))).toEqual(['a-3']);
    });

    it('says which windows there are when asked for another', async () => {
      const response = await api.call('GET', '/schedulers?window=tokyo');
      expect(response.json()).toMatchObject({
        statusCode: 400,
        code: 'UNKNOWN_WINDOW',
        message: ['window must be one of: eod, frankfurt'],
      });
    });

    it('names every parameter that is wrong', async () => {
      const response = await api.call(
        'GET',
        '/schedulers?status=done&stale=yes&limit=0&cursor=!&tag=&window=&service_name=&colour=red',
      );
      expect(response.statusCode).toBe(400);
      const named = response.json<{ message: string[] }>().message.map((text) => text.split(' ')[0]);
      expect(new Set(named)).toEqual(
        new Set(['colour', 'cursor', 'limit', 'service_name', 'stale', 'status', 'tag', 'window']),
      );
    });
  });

  describe('GET /schedulers/{id}', () => {
    it('says when a running one has been silent for longer than its timeout', async () => {
      const stale = async (id: string) => (await api.call('GET', `/schedulers/${id}`)).json<Json>()['stale'];
      expect([await stale('a-2'), await stale('a-3'), await stale('b-1')]).toEqual([true, false, false]);
    });

    it.each(['nobody', 'gone'])('answers 404 for %s', async (id) => {
      const response = await api.call('GET', `/schedulers/${id}`);
      expect(response.json()).toMatchObject({
        statusCode: 404,
        error: 'Not Found',
        message: `Scheduler ${id} not found`,
        code: 'SCHEDULER_NOT_FOUND',
      });
    });
  });

  describe('GET /schedulers/{id}/history', () => {
    const HISTORY = '/schedulers/d-6/history';
    const minute = (n: number) => new Date(Date.parse(START) + n * 60_000).toISOString();

    beforeAll(async () => {
      const report = (status: string, timestamp: string, more: object = {}) =>
        api.call('PUT', '/schedulers/d-6/status', statusUpdate('d-6', status, timestamp, more));
      await report('running', minute(0));
      await report('completed', minute(1));
      await report('failed', minute(2), { run_id: 'a' });
      for (const run_id of ['b', 'c', 'd']) await report('failed', minute(2), { run_id });
      await report('completed', minute(-60 * 24 * 29));
      await report('completed', minute(-60 * 24 * 31));
    });

    it('shows the newest first, without what is older than the retention', async () => {
      const entries = (await api.call('GET', HISTORY)).json<Json[]>();
      expect(entries.map((entry) => entry['timestamp'])).toEqual([
        ...[2, 2, 2, 2, 1, 0].map(minute),
        minute(-60 * 24 * 29),
      ]);
      expect(new Set(entries.map((entry) => entry['run_id'])).size).toBe(5);
    });

    it.each([
      [`status=failed`, 4],
      [`status=pending`, 0],
      [`from=${minute(1)}&to=${minute(1)}`, 1],
      [`from=${minute(1)}`, 5],
      [`to=${minute(1)}&status=completed`, 2],
      [`from=2026-03-03T00:02:00%2B07:00`, 4],
      [`from=${minute(2)}&to=${minute(0)}`, 0],
      [`to=${minute(-60 * 24 * 31)}`, 0],
      [`from=1970-01-01T00:00:00Z&to=9999-12-31T23:59:59Z`, 7],
    ])('narrows by %s', async (query, count) => {
      expect((await api.call('GET', `${HISTORY}?${query}`)).json<Json[]>()).toHaveLength(count);
      expect((await followPages(api, `${HISTORY}?${query}&limit=1`)).flat()).toHaveLength(count);
    });

    it.each([1, 2, 3, 7, 1_000])('pages by %d, also among entries of the same millisecond', async (limit) => {
      const all = (await api.call('GET', HISTORY)).json<Json[]>();
      const pages = await followPages(api, `${HISTORY}?limit=${limit}`);
      expect(pages.flat()).toEqual(all);
      expect(pages).toHaveLength(Math.ceil(7 / limit));
    });

    it('returns 50 unless told otherwise', async () => {
      const update = (n: number) => report('b-1', 'completed', { run_id: `r${n}` });
      for (let n = 0; n < 51; n++) await update(n);
      const first = await api.call('GET', '/schedulers/b-1/history');
      expect(first.json()).toHaveLength(50);
      expect(nextPage(first)).toMatch(/[?&]limit=50$/);
      expect((await followPages(api, '/schedulers/b-1/history')).map((page) => page.length)).toEqual([50, 1]);
    });

    it('outlives the scheduler, and answers 404 for an id that never was', async () => {
      expect((await api.call('GET', '/schedulers/gone/history')).json()).toHaveLength(1);
      expect((await api.call('GET', '/schedulers/nobody/history')).json()).toMatchObject({
        statusCode: 404,
        message: 'Scheduler nobody not found',
      });
    });

    it('names every parameter that is wrong', async () => {
      const response = await api.call(
        'GET',
        `${HISTORY}?from=yesterday&to=2026-03-02&limit=1001&status=x&q=y`,
      );
      const named = response.json<{ message: string[] }>().message.map((text) => text.split(' ')[0]);
      expect(new Set(named)).toEqual(new Set(['from', 'limit', 'q', 'status', 'to']));
      const cursor = Buffer.from('2026-03-02').toString('base64url');
      expect((await api.call('GET', `${HISTORY}?cursor=${cursor}`)).json()).toMatchObject({
        message: ['cursor must be one that a Link header gave'],
      });
    });
  });

  it('forgets history older than the retention, in reads at once and from storage by its cleanup', async () => {
    const kept = await Vesper.start({
      storage,
      clock: new FakeClock(START),
      environment: { HISTORY_RETENTION_DAYS: '1' },
    });
    const client = await Api.of(kept);
    await client.call('POST', '/schedulers/register', registration('short'));
    const update = statusUpdate('short', 'completed', START);
    await client.call('PUT', '/schedulers/short/status', update);
    const entries = async () => (await client.call('GET', '/schedulers/short/history')).json<Json[]>();
    await kept.clock.advance('1d');
    expect(await entries()).toHaveLength(1);
    await kept.clock.advance(1);
    expect(await entries()).toEqual([]);
    await kept.run('history-cleanup');
    kept.clock.stepWallTo(START);
    // DynamoDB deletes by itself, when it likes to.
    expect(await entries()).toHaveLength(storage === 'json' ? 0 : 1);
    expect((await client.call('GET', '/schedulers/short')).json()).toMatchObject({ status: 'completed' });
    await kept.dispose();
  });
});

it('returns 10,000 schedulers at the most without a limit, and says when there are more', async () => {
  const vesper = await Vesper.start();
  const { schedulers } = vesper.foundations.store;
  const all = Array.from({ length: 10_001 }, (_, n) =>
    aScheduler(`job-${String(n).padStart(5, '0')}`).build(),
  );
  await Promise.all(all.map((scheduler) => schedulers.recordRegistration(scheduler)));
  const response = await vesper.request('GET', '/schedulers');
  const items = response.json<Json[]>();
  expect(items).toHaveLength(10_000);
  expect(items.at(-1)?.['scheduler_id']).toBe('job-09999');
  expect(nextPage(response)).toMatch(/^\/schedulers\?cursor=[\w-]+&limit=1000$/);
  const rest = await vesper.request('GET', nextPage(response) ?? '');
  expect(ids(rest.json<Json[]>())).toEqual(['job-10000']);
  expect(nextPage(rest)).toBeNull();
  await vesper.dispose();
});
