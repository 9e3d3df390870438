import { FakeClock } from '../fakes/fake-clock';
import { Api, type Json } from '../harness/api';
import { appsFileOf } from '../harness/apps-file';
import { APPS_WITHOUT_CHANNELS, BLANK_CELL, cellUpdate } from '../harness/board';
import { KEYS, Vesper } from '../harness/vesper';

/** A busy machine takes its time. */
jest.setTimeout(60_000);

const START = '2026-03-02T17:00:00.000Z';
const BOARD = { key: KEYS.board };

describe.each(['json', 'dynamodb'] as const)('the board, on %s', (storage) => {
  let clock: FakeClock;
  let vesper: Vesper;
  let api: Api;
  beforeEach(async () => {
    clock = new FakeClock(START);
    vesper = await Vesper.start({ storage, clock, appsFile: APPS_WITHOUT_CHANNELS });
    api = await Api.of(vesper);
  });
  afterEach(() => vesper.dispose());

  const push = async (more: object = {}) => {
    const response = await api.call('POST', '/status', cellUpdate(more), BOARD);
    return { http: response.statusCode, ...response.json<Json>() } as Json;
  };
  const get = async (path: string) => (await api.call('GET', path, undefined, BOARD)).json<Json>();
  const cell = async (app = 'Planning', domain = 'Actual') =>
    ((await get(`/status/${app}`)) as { domains: Record<string, Json> }).domains[domain];
  const audit = async (query = '') =>
    ((await get(`/status/Planning/audit${query}`)) as { entries: Json[] }).entries;

  describe('POST /status', () => {
    it('answers with the cell as it now stands', async () => {
      const sent = { status: 'Loading', job_id: 'LOAD_1', timestamp: '2026-03-02T23:59:00+07:00' };
      expect(await push(sent)).toEqual({
        http: 200,
        success: true,
        updated: {
          app: 'Planning',
          domain: 'Actual',
          status: 'Loading',
          job_id: 'LOAD_1',
          updated_at: '2026-03-02T16:59:00.000Z',
        },
        canvas_updated: false,
      });
      expect(await cell()).toEqual({
        ...BLANK_CELL,
        status: 'Loading',
        job_id: 'LOAD_1',
        updated: '2026-03-02T16:59:00.000Z',
      });
    });

    it('takes the server’s time, and the domain that is meant, when none is named', async () => {
      expect(await push({ app: 'FCCS', domain: undefined })).toMatchObject({
        updated: { app: 'FCCS', domain: 'Consolidation', job_id: null, updated_at: START },
      });
      expect(await push({ app: 'Tax', domain: null })).toMatchObject({ updated: { domain: 'default' } });
      expect(await cell('Tax', 'Provision')).toEqual(BLANK_CELL);
    });

    it('tells how long a job took, and lists it', async () => {
      await push({ status: 'Loading', job_id: 'J' });
      await clock.advance('90500ms');
      await push({ status: 'Warning', job_id: 'J', message: 'two rows are missing' });
      expect(await cell()).toEqual({
        status: 'Warning',
        job_id: 'J',
        message: 'two rows are missing',
        updated: '2026-03-02T17:01:30.500Z',
        duration_sec: 90.5,
        stale: false,
      });
      expect((await get('/status'))['recent_jobs']).toEqual([
        {
          job_id: 'J',
          apps: ['Planning'],
          status: 'Warning',
          started: START,
          completed: '2026-03-02T17:01:30.500Z',
        },
      ]);
    });

    it('changes nothing for the same status of the same job', async () => {
      await push({ job_id: 'J', message: 'first' });
      await clock.advance('5m');
      expect(await push({ job_id: 'J', message: 'again' })).toMatchObject({ updated: { updated_at: START } });
      expect(await cell()).toMatchObject({ message: 'first', updated: START });
      expect(await audit()).toHaveLength(1);
    });

    it('answers a late update with what is newer', async () => {
      await push({ job_id: 'new' });
      const late = await push({ status: 'Warning', job_id: 'old', timestamp: '2026-03-02T16:00:00Z' });
      expect(late).toMatchObject({
        http: 200,
        success: true,
        updated: { status: 'OK', job_id: 'new', updated_at: START },
      });
      expect(await cell()).toMatchObject({ status: 'OK', job_id: 'new' });
    });

    it('takes a status without a time for newer than what a faster clock has said', async () => {
      const ahead = '2026-03-02T17:04:00.000Z';
      await push({ status: 'Warning', job_id: 'J', timestamp: ahead });
      expect(await push({ job_id: 'J', timestamp: null })).toMatchObject({
        updated: { status: 'OK', updated_at: ahead },
      });
      await clock.advance('5m');
      expect(await push({ status: 'Loading', job_id: 'K' })).toMatchObject({
        updated: { status: 'Loading', updated_at: '2026-03-02T17:05:00.000Z' },
      });
    });

    it('answers a cell being cleared that never had a status with the time that was sent, else with now', async () => {
      expect(await push({ status: 'Blank' })).toMatchObject({ updated: { updated_at: START } });
      expect(await push({ status: 'Blank', timestamp: '2026-03-02T12:00:00Z' })).toMatchObject({
        updated: { updated_at: '2026-03-02T12:00:00.000Z' },
      });
    });

    it('takes a cell being cleared that never had a status', async () => {
      expect(await push({ status: 'Blank', timestamp: '2026-03-02T12:00:00Z' })).toMatchObject({
        updated: { status: 'Blank', job_id: null, updated_at: '2026-03-02T12:00:00.000Z' },
      });
      expect(await cell()).toEqual(BLANK_CELL);
    });
  });

  describe('POST /status/batch', () => {
    const pushMany = (body: object) => api.call('POST', '/status/batch', body, BOARD);

    it('takes many at once, in their order, with what the batch says for all', async () => {
      const response = await pushMany({
        updates: [
          cellUpdate({ status: 'Loading' }),
          { app: 'FCCS', status: 'Warning', job_id: 'own', timestamp: '2026-03-02T16:30:00Z' },
          cellUpdate({ status: 'OK' }),
        ],
        job_id: 'CLOSE',
        timestamp: '2026-03-02T16:00:00Z',
      });
      expect([response.statusCode, response.json()]).toEqual([
        200,
        {
          success: true,
          updated_count: 3,
          updates: [
            { app: 'Planning', domain: 'Actual', status: 'OK' },
            { app: 'FCCS', domain: 'Consolidation', status: 'Warning' },
            { app: 'Planning', domain: 'Actual', status: 'OK' },
          ],
          canvas_updated: false,
        },
      ]);
      expect(await cell()).toMatchObject({ job_id: 'CLOSE', updated: '2026-03-02T16:00:00.000Z' });
      expect(await cell('FCCS', 'Consolidation')).toMatchObject({
        job_id: 'own',
        updated: '2026-03-02T16:30:00.000Z',
      });
      expect((await audit()).map(({ old_status, new_status }) => [old_status, new_status])).toEqual([
        ['Loading', 'OK'],
        ['Blank', 'Loading'],
      ]);
    });

    it('takes updates without a time for newer than what a faster clock has said', async () => {
      const ahead = '2026-03-02T17:04:00.000Z';
      await push({ status: 'Warning', timestamp: ahead });
      await pushMany({ updates: [cellUpdate({ job_id: 'J' }), cellUpdate({ domain: 'Budget' })] });
      expect([await cell(), await cell('Planning', 'Budget')]).toMatchObject([
        { status: 'OK', job_id: 'J', updated: ahead },
        { status: 'OK', updated: START },
      ]);
    });

    it('takes none when one is bad, and names each bad one', async () => {
      const response = await pushMany({
        updates: [cellUpdate(), cellUpdate({ app: 'x' }), cellUpdate({ status: 'fine' })],
      });
      expect([response.statusCode, response.json()]).toEqual([
        400,
        {
          success: false,
          error: {
            code: 'INVALID_REQUEST',
            message:
              'updates[1]: App "x" is not configured; updates[2]: Status must be one of: Blank, Loading, OK, Warning',
            details: {
              updates: [
                { index: 1, code: 'INVALID_APP', message: 'App "x" is not configured' },
                {
                  index: 2,
                  code: 'INVALID_STATUS',
                  message: 'Status must be one of: Blank, Loading, OK, Warning',
                },
              ],
            },
          },
        },
      ]);
      expect(await cell()).toEqual(BLANK_CELL);
      expect(await audit()).toEqual([]);
    });

    it('takes 100 updates of every cell', async () => {
      const cells = [
        ['Planning', 'Actual'],
        ['Planning', 'Budget'],
        ['FCCS', 'Consolidation'],
        ['Tax', 'Provision'],
        ['Tax', 'default'],
      ];
      const updates = Array.from({ length: 100 }, (_, n) => {
        const [app, domain] = cells[n % cells.length] ?? [];
        return { app, domain, status: 'Warning', job_id: `J${n}`, message: 'é'.repeat(200) };
      });
      const response = await pushMany({ updates });
      expect(response.json()).toMatchObject({ success: true, updated_count: 100 });
      expect(await cell('Tax', 'default')).toMatchObject({ status: 'Warning', job_id: 'J99' });
    });
  });

  describe('GET /status', () => {
    it('shows every configured cell, in the order of the configuration', async () => {
      const blank = await get('/status');
      expect(blank).toEqual({
        last_updated: null,
        apps: {
          Planning: { Actual: BLANK_CELL, Budget: BLANK_CELL },
          FCCS: { Consolidation: BLANK_CELL },
          Tax: { Provision: BLANK_CELL, default: BLANK_CELL },
        },
        recent_jobs: [],
      });
      await push({ app: 'FCCS', domain: undefined, timestamp: '2026-03-02T16:00:00Z' });
      const board = await get('/status');
      expect(Object.keys(board['apps'] as object)).toEqual(['Planning', 'FCCS', 'Tax']);
      expect(board).toMatchObject({
        last_updated: START,
        apps: {
          Planning: { Actual: BLANK_CELL },
          FCCS: { Consolidation: { status: 'OK', updated: '2026-03-02T16:00:00.000Z' } },
        },
      });
    });

    it('shows one app', async () => {
      await push();
      expect(await get('/status/Planning')).toEqual({
        app: 'Planning',
        domains: { Actual: { ...BLANK_CELL, status: 'OK', updated: START }, Budget: BLANK_CELL },
        last_updated: START,
      });
      expect(await get('/status/Tax')).toMatchObject({ app: 'Tax', last_updated: null });
    });

    it('shows nothing of what is no longer configured', async () => {
      await push({ job_id: 'P' });
      await push({ app: 'FCCS', domain: undefined, job_id: 'F', timestamp: '2026-03-02T16:00:00Z' });
      await vesper.stop();
      const left = appsFileOf(['FCCS'], ['Other']);
      const next = await Vesper.start({ on: vesper.storage, clock, appsFile: left });
      const read = async (path: string) => (await next.request('GET', path)).json<Json>();
      expect(await read('/status')).toEqual({
        last_updated: START,
        apps: { FCCS: { Other: BLANK_CELL } },
        recent_jobs: [expect.objectContaining({ job_id: 'F' })],
      });
      expect(await read('/status/Planning')).toMatchObject({ error: { code: 'APP_NOT_FOUND' } });
      await next.stop();
      vesper = await Vesper.start({ on: vesper.storage, clock, appsFile: APPS_WITHOUT_CHANNELS });
    });
  });

  describe('GET /status/{app}/audit', () => {
    it('tells who changed what and when, newest first', async () => {
      await push({ status: 'Loading', job_id: 'J' });
      await clock.advance('10s');
      await push({ status: 'OK', job_id: 'J', message: 'done' });
      await clock.advance('10s');
      await push({ status: 'Warning', job_id: 'old', timestamp: '2026-03-02T16:00:00Z' });
      const of = { domain: 'Actual', by: 'board' };
      expect(await audit()).toEqual([
        {
          ...of,
          old_status: 'OK',
          new_status: 'Warning',
          applied: false,
          job_id: 'old',
          message: null,
          timestamp: '2026-03-02T16:00:00.000Z',
          at: '2026-03-02T17:00:20.000Z',
        },
        {
          ...of,
          old_status: 'Loading',
          new_status: 'OK',
          applied: true,
          job_id: 'J',
          message: 'done',
          timestamp: '2026-03-02T17:00:10.000Z',
          at: '2026-03-02T17:00:10.000Z',
        },
        expect.objectContaining({ old_status: 'Blank', new_status: 'Loading', at: START }),
      ]);
    });

    it('is narrowed to a domain and to a number', async () => {
      const updates = ['Actual', 'Budget', 'Actual'].map((domain, n) =>
        cellUpdate({ domain, job_id: `J${n}` }),
      );
      await api.call('POST', '/status/batch', { updates }, BOARD);
      await clock.advance('1s');
      await push({ domain: 'Budget', job_id: 'J3' });
      const jobs = async (query: string) => (await audit(query)).map(({ job_id }) => job_id);
      expect(await jobs('')).toEqual(['J3', 'J2', 'J1', 'J0']);
      expect(await jobs('?domain=Actual')).toEqual(['J2', 'J0']);
      expect(await jobs('?limit=2')).toEqual(['J3', 'J2']);
      expect(await jobs('?domain=Budget&limit=1')).toEqual(['J3']);
    });

    it('shows 50 entries unless told otherwise, and none beyond the retention', async () => {
      for (let n = 0; n < 6; n++) {
        const updates = Array.from({ length: 10 }, (_, index) => cellUpdate({ job_id: `J${n}.${index}` }));
        await api.call('POST', '/status/batch', { updates }, BOARD);
      }
      expect(await audit()).toHaveLength(50);
      expect(await audit('?limit=500')).toHaveLength(60);
      // Without the time between: the storage's upkeep would do all that it does in a month.
      clock.stepWallTo('2026-04-02T17:00:00.000Z');
      expect(await audit()).toEqual([]);
    });
  });
});

it('is empty without apps in the configuration, and takes nothing', async () => {
  const api = await Api.of(await Vesper.start());
  const board = await api.call('GET', '/status');
  expect(board.json()).toEqual({ last_updated: null, apps: {}, recent_jobs: [] });
  const push = await api.call('POST', '/status', cellUpdate());
  expect([push.statusCode, push.json()]).toMatchObject([400, { error: { code: 'INVALID_APP' } }]);
  const app = await api.call('GET', '/status/Planning');
  expect([app.statusCode, app.json()]).toMatchObject([404, { error: { code: 'APP_NOT_FOUND' } }]);
  await api.vesper.dispose();
});
