import { open } from 'node:fs/promises';
import { RefusingDynamo } from '../fakes/refusing-dynamo';
import { appsFileOf } from '../harness/apps-file';
import { APPS, ARCS_CHANNEL, DEFAULT_CHANNEL, EpmBoard, MAIN_CHANNEL, textOf } from '../harness/epm-board';
import { letTimePass } from '../harness/let-time-pass';
import type { HarnessOptions, Vesper } from '../harness/vesper';

jest.setTimeout(60_000);

const START = '2026-03-02T17:00:00.000Z';
/** That many milliseconds after the start. */
const at = (ms: number) => new Date(Date.parse(START) + ms).toISOString();
const MINUTE = 60_000;

describe.each(['json', 'dynamodb'] as const)('a cell of the board, on %s', (storage) => {
  let board: EpmBoard;
  const begin = async (options: HarnessOptions = {}) =>
    (board = await EpmBoard.begin({ storage, ...options }));

  afterEach(() => board.end());

  describe('as it is told', () => {
    beforeEach(() => begin());

    it('takes the same status of the same job once: nothing is written, told or audited again', async () => {
      await board.push('Planning.Actual', 'Loading', { job_id: 'J', message: 'begun' });
      const before = { board: await board.board(), version: await board.versionOf('Planning') };
      await board.clock.advance('10m');
      const again = await board.push('Planning.Actual', 'Loading', { job_id: 'J', message: 'again' });
      expect([again.statusCode, again.json()]).toMatchObject([200, { updated: { updated_at: START } }]);
      expect({ board: await board.board(), version: await board.versionOf('Planning') }).toEqual(before);
      expect(await board.audit('Planning')).toHaveLength(1);

      await board.push('Planning.Actual', 'Warning', { job_id: 'J' });
      await board.run('dispatch');
      await board.clock.advance('10m');
      await board.push('Planning.Actual', 'Warning', { job_id: 'J', message: 'the same again' });
      await board.run('dispatch');
      expect(board.posts(MAIN_CHANNEL)).toHaveLength(1);
      expect(board.posts(MAIN_CHANNEL)[0]?.edits).toEqual([]);
      expect(await board.alerts()).toMatchObject([{ occurrences: 1 }]);
    });

    it('stays as it is when something older is told; the job and the audit have it', async () => {
      await board.push('Planning.Actual', 'Loading', { job_id: 'NEW' });
      const before = await board.cell('Planning.Actual');
      await board.clock.advance('1m');
      const late = await board.push('Planning.Actual', 'Warning', { job_id: 'OLD', timestamp: at(-MINUTE) });
      expect(late.json()).toMatchObject({ success: true, updated: { status: 'Loading', job_id: 'NEW' } });
      expect(await board.cell('Planning.Actual')).toEqual(before);
      expect((await board.board()).recent_jobs).toMatchObject([
        { job_id: 'NEW', status: 'Loading' },
        { job_id: 'OLD', status: 'Warning', started: null, completed: at(-MINUTE) },
      ]);
      expect(await board.audit('Planning')).toMatchObject([
        { old_status: 'Loading', new_status: 'Warning', applied: false, job_id: 'OLD', at: at(MINUTE) },
        { old_status: 'Blank', new_status: 'Loading', applied: true, job_id: 'NEW', at: START },
      ]);
      await board.run('dispatch');
      expect(board.slack.messages()).toEqual([]);
    });

    it('knows how long a job took from its Loading to its end, and not when the begin is of another job', async () => {
      await board.push('Planning.Actual', 'Loading', { job_id: 'J', timestamp: at(-312_500) });
      await board.push('Planning.Budget', 'Loading', { job_id: 'J', timestamp: at(-10_000) });
      await board.push('Planning.Forecast', 'Loading', { job_id: 'I', timestamp: at(-10_000) });
      expect(await board.cell('Planning.Actual')).toMatchObject({ duration_sec: null });
      await board.push('Planning.Actual', 'OK', { job_id: 'J', message: 'all rows', timestamp: START });
      await board.push('Planning.Forecast', 'OK', { job_id: 'K' });
      expect(await board.cell('Planning.Actual')).toEqual({
        ...{
          status: 'OK',
          job_id: 'J',
          message: 'all rows',
          updated: START,
          duration_sec: 312.5,
          stale: false,
        },
      });
      expect(await board.cell('Planning.Forecast')).toMatchObject({ job_id: 'K', duration_sec: null });
      const jobOf = async (id: string) =>
        (await board.board()).recent_jobs.find(({ job_id }) => job_id === id);
      expect(await jobOf('J')).toEqual({
        ...{ job_id: 'J', apps: ['Planning'], status: 'Loading', started: at(-312_500), completed: null },
      });
      await board.push('Planning.Budget', 'OK', { job_id: 'J', timestamp: START });
      expect(await jobOf('J')).toMatchObject({ status: 'OK', started: at(-312_500), completed: START });
      expect(await jobOf('K')).toMatchObject({ status: 'OK', started: null, completed: START });
    });

    it('shows the newest fifty jobs of all apps, a job that several apps fill once', async () => {
      const cells = ['Planning.Actual', 'FCCS.Consolidation', 'ARCS.Reconciliation'];
      const told = Array.from({ length: 60 }, (_, n) => {
        const fields = { job_id: `J${n}`, timestamp: at((n - 60) * 1_000) };
        return [cells[n % cells.length] ?? '', 'OK', fields] as const;
      });
      await board.pushAll(told);
      const both = { job_id: 'BOTH', timestamp: at(0) };
      await board.pushAll([
        ['Planning.Budget', 'Loading', both],
        ['FCCS.Consolidation', 'Loading', both],
      ]);
      await board.push('FCCS.Consolidation', 'Warning', { ...both, timestamp: at(1) });
      const { recent_jobs: jobs } = await board.board();
      expect(jobs[0]).toEqual({
        ...{ job_id: 'BOTH', apps: ['Planning', 'FCCS'], status: 'Warning', started: at(0), completed: null },
      });
      expect(jobs.slice(1).map(({ job_id }) => job_id)).toEqual(
        Array.from({ length: 49 }, (_, n) => `J${59 - n}`),
      );
    });

    it('is meant without its name when the app has just one, or one called default', async () => {
      await board.push('FCCS', 'OK');
      await board.push('ARCS', 'Loading');
      expect(await board.statuses('FCCS.Consolidation', 'ARCS.default', 'ARCS.Reconciliation')).toEqual([
        ...['OK', 'Loading', 'Blank'],
      ]);
      const unclear = await board.push('Planning', 'OK');
      expect([unclear.statusCode, unclear.json()]).toMatchObject([
        400,
        { error: { code: 'INVALID_DOMAIN' } },
      ]);
    });

    it('is audited: who changed it, from what to what, under which job, when', async () => {
      await board.push('Planning.Actual', 'Loading', { job_id: 'J', timestamp: at(-1_000) });
      await board.push('Planning.Budget', 'Loading', { job_id: 'J' });
      await board.clock.advance('1m');
      await board.push('Planning.Actual', 'Warning', { job_id: 'J', message: 'ORA-1' });
      expect(await board.audit('Planning', '?domain=Actual')).toEqual([
        {
          ...{ domain: 'Actual', old_status: 'Loading', new_status: 'Warning', applied: true, job_id: 'J' },
          ...{ message: 'ORA-1', timestamp: at(MINUTE), at: at(MINUTE), by: 'board' },
        },
        {
          ...{ domain: 'Actual', old_status: 'Blank', new_status: 'Loading', applied: true, job_id: 'J' },
          ...{ message: null, timestamp: at(-1_000), at: START, by: 'board' },
        },
      ]);
      expect(await board.audit('Planning', '?limit=2')).toMatchObject([
        { domain: 'Actual' },
        { domain: 'Budget' },
      ]);
    });

    it('takes the updates of one batch in their order', async () => {
      await board.pushAll([
        ['Planning.Actual', 'Loading', { job_id: 'J', timestamp: at(-5_000) }],
        ['Planning.Actual', 'Warning', { job_id: 'J', timestamp: at(-3_000) }],
        ['Planning.Actual', 'OK', { job_id: 'J', timestamp: at(-1_000) }],
        ['Planning.Actual', 'OK', { job_id: 'J', timestamp: at(-1_000) }],
      ]);
      expect(await board.cell('Planning.Actual')).toMatchObject({ status: 'OK', updated: at(-1_000) });
      const changes = (await board.audit('Planning')).map(({ old_status, new_status }) => [
        old_status,
        new_status,
      ]);
      expect(changes).toEqual([
        ['Warning', 'OK'],
        ['Loading', 'Warning'],
        ['Blank', 'Loading'],
      ]);
      expect(await board.versionOf('Planning')).toBe(1);
    });

    it('loses no update of many that come at once', async () => {
      const domains = APPS.Planning.domains;
      const pushes = Array.from({ length: 30 }, (_, n) =>
        board.push(`Planning.${domains[n % 3]}`, 'OK', { job_id: `J${n}`, timestamp: at(n - 100) }),
      );
      const answers = await letTimePass(board.clock, Promise.all(pushes));
      expect(answers.map(({ statusCode }) => statusCode)).toEqual(pushes.map(() => 200));
      expect(await board.audit('Planning')).toHaveLength(30);
      expect((await board.board()).recent_jobs).toHaveLength(30);
      const jobs = await Promise.all(
        domains.map(async (domain) => (await board.cell(`Planning.${domain}`)).job_id),
      );
      expect(jobs).toEqual(['J27', 'J28', 'J29']);
    });
  });

  describe('of a batch over many apps', () => {
    const names = Array.from({ length: 10 }, (_, n) => `App${n}`);
    const domains = Array.from({ length: 10 }, (_, n) => `D${n}`);
    const cells = names.flatMap((app) => domains.map((domain) => `${app}.${domain}`));
    const all = (status: string, more: object = {}) => cells.map((cell) => [cell, status, more] as const);

    beforeEach(() => begin({ appsFile: appsFileOf(names, domains, { [MAIN_CHANNEL]: 'epm-main' }) }));

    it('changes with all of them or not at all', async () => {
      const oneBad = [...all('OK').slice(0, 99), ['App9.D9', 'Fine'] as const];
      const refused = await board.pushAll(oneBad);
      expect([refused.statusCode, refused.json()]).toMatchObject([
        400,
        { error: { details: { updates: [{ index: 99 }] } } },
      ]);
      expect(await board.versionOf('App0')).toBe(0);
      expect(new Set(await board.statuses(...cells))).toEqual(new Set(['Blank']));

      expect((await board.pushAll(all('OK'), { job_id: 'NIGHT' })).json()).toMatchObject({
        updated_count: 100,
      });
      expect(new Set(await board.statuses(...cells))).toEqual(new Set(['OK']));
      expect((await board.board()).recent_jobs).toMatchObject([
        { job_id: 'NIGHT', apps: names, status: 'OK' },
      ]);
    });

    const alertsOfCells = async () =>
      (await board.alerts()).map(({ dedupKey, occurrences }) => `${dedupKey} ${occurrences}`).toSorted();
    const onceEach = cells.map((cell) => `board_warning:${cell.replace('.', ':')} 1`).toSorted();

    it('has every Warning of a hundred alerted, each exactly once', async () => {
      expect((await board.pushAll(all('Warning', { job_id: 'J' }))).statusCode).toBe(200);
      await board.until(async () => (await board.alerts()).length === 100);
      await board.run('board-checks');
      expect(await alertsOfCells()).toEqual(onceEach);
      await board.run('dispatch');
      await board.pass(40, '5s', 'dispatch');
      const [storm, ...others] = board.posts(MAIN_CHANNEL);
      expect(others).toEqual([]);
      const told = board.replies(MAIN_CHANNEL, storm).map(textOf);
      expect(told).toHaveLength(100);
      for (const cell of cells)
        expect(told.filter((text) => text.includes(`${cell.replace('.', ' · ')}: Warning`))).toHaveLength(1);

      await board.pushAll(all('OK', { job_id: 'J' }));
      await board.until(async () => (await board.alerts(null, 'firing')).length === 0);
    });

    const warnAndDie = async () => {
      const { board: boards } = board.vesper.foundations.store;
      const record = boards.record.bind(boards);
      const dying = jest
        .spyOn(boards, 'record')
        .mockImplementationOnce(record)
        .mockRejectedValue(new Error('killed'));
      expect((await board.pushAll(all('Warning', { job_id: 'J' }))).statusCode).toBe(200);
      await board.until(() => dying.mock.calls.length > 10);
      expect((await board.alerts()).length).toBeLessThan(10);
      await board.restart();
    };

    it('has every Warning alerted although Vesper died right after it answered', async () => {
      await warnAndDie();
      board.vesper.application.startWorkers();
      await board.until(async () => (await board.alerts()).length >= 100);
      expect(await alertsOfCells()).toEqual(onceEach);
      // In the name of who caused it, not of who made up for it.
      expect(new Set((await board.alerts()).map(({ timeline }) => timeline[0]?.by))).toEqual(
        new Set(['board']),
      );
    });

    it('has every Warning alerted although Vesper died, and all began anew before it looked', async () => {
      await warnAndDie();
      expect((await board.pushAll(all('Loading', { job_id: 'K' }))).statusCode).toBe(200);
      await board.until(async () => (await board.alerts()).length >= 100);
      expect(await alertsOfCells()).toEqual(onceEach);
      expect(new Set(await board.statuses(...cells))).toEqual(new Set(['Loading']));
    });
  });

  describe('and its alerts', () => {
    beforeEach(() => begin());

    const repliesIn = (channel: string) => board.replies(channel, board.posts(channel)[0]).map(textOf);

    it('tells a Warning in each channel of its app with one dispatch, and there that it is OK again', async () => {
      await board.push('ARCS.Reconciliation', 'Loading', { job_id: 'J', timestamp: at(-90_000) });
      await board.push('ARCS.Reconciliation', 'Warning', {
        job_id: 'J',
        message: 'boom <!channel>',
        server: 'arcs-1',
      });
      await board.run('dispatch');
      for (const channel of [MAIN_CHANNEL, ARCS_CHANNEL]) {
        expect(board.posts(channel)).toHaveLength(1);
        const text = textOf(board.posts(channel)[0]);
        for (const part of [
          'ARCS · Reconciliation: Warning',
          'boom &lt;!channel&gt;',
          'J',
          'arcs-1',
          '1 m 30 s',
        ])
          expect(text).toContain(part);
      }
      expect(board.posts(DEFAULT_CHANNEL)).toEqual([]);

      await board.clock.advance('1m');
      await board.push('ARCS.Reconciliation', 'OK', { job_id: 'J' });
      await board.run('dispatch');
      for (const channel of [MAIN_CHANNEL, ARCS_CHANNEL]) expect(repliesIn(channel)).toHaveLength(1);
      expect(await board.alerts()).toMatchObject([
        {
          dedupKey: 'board_warning:ARCS:Reconciliation',
          status: 'resolved',
          resolution: 'OK',
          resolvedBy: 'board',
        },
      ]);
    });

    it('counts a Warning of another job on the same message, whether or not it was Loading between', async () => {
      await board.push('Planning.Actual', 'Warning', { job_id: 'J1' });
      await board.run('dispatch');
      await board.push('Planning.Actual', 'Loading', { job_id: 'J2' });
      await board.run('dispatch');
      expect(repliesIn(MAIN_CHANNEL)).toEqual([]);
      expect(await board.alerts()).toMatchObject([{ status: 'firing' }]);
      await board.clock.advance('1m');
      await board.push('Planning.Actual', 'Warning', { job_id: 'J2', message: 'boom again' });
      await board.run('dispatch');
      expect(board.posts(MAIN_CHANNEL)).toHaveLength(1);
      expect(board.posts(MAIN_CHANNEL)[0]?.edits).toHaveLength(1);
      expect(textOf(board.posts(MAIN_CHANNEL)[0])).toMatch(/2 times.*boom again/s);
    });

    it('tells what a batch says of a cell before it is Loading again', async () => {
      await board.pushAll([
        ['Planning.Actual', 'Warning', { job_id: 'J1', message: 'boom' }],
        ['Planning.Actual', 'Loading', { job_id: 'J2' }],
      ]);
      expect(await board.cell('Planning.Actual')).toMatchObject({ status: 'Loading', job_id: 'J2' });
      expect(await board.alerts()).toMatchObject([{ status: 'firing', summary: 'boom' }]);
      await board.pushAll([
        ['Planning.Actual', 'OK', { job_id: 'J2' }],
        ['Planning.Actual', 'Loading', { job_id: 'J3' }],
      ]);
      expect(await board.cell('Planning.Actual')).toMatchObject({ status: 'Loading', job_id: 'J3' });
      expect(await board.alerts()).toMatchObject([{ status: 'resolved', resolution: 'OK' }]);
    });

    it('is cleared by Blank, and says so', async () => {
      await board.push('Planning.Actual', 'Warning', { job_id: 'J' });
      await board.run('dispatch');
      await board.clock.advance('1m');
      await board.push('Planning.Actual', 'Blank');
      await board.run('dispatch');
      expect(await board.cell('Planning.Actual')).toMatchObject({
        status: 'Blank',
        job_id: null,
        message: null,
      });
      expect(repliesIn(MAIN_CHANNEL)).toHaveLength(1);
      expect(await board.alerts()).toMatchObject([{ status: 'resolved', resolution: 'cleared' }]);
    });

    it('tells what belongs to no channel in the default one', async () => {
      await board.push('Tax.Provision', 'Warning', { job_id: 'J' });
      await board.run('dispatch');
      expect(textOf(board.posts(DEFAULT_CHANNEL)[0])).toContain('Tax · Provision: Warning');
      expect([...board.posts(MAIN_CHANNEL), ...board.posts(ARCS_CHANNEL)]).toEqual([]);
    });

    it('has each cell of an app alerted on its own', async () => {
      await board.push('Planning.Actual', 'Warning', { job_id: 'J' });
      await board.push('Planning.Budget', 'Warning', { job_id: 'J' });
      await board.push('Planning.Budget', 'OK', { job_id: 'J' });
      const states = (await board.alerts()).map(({ dedupKey, status }) => [dedupKey, status]);
      expect(Object.fromEntries(states)).toEqual({
        'board_warning:Planning:Actual': 'firing',
        'board_warning:Planning:Budget': 'resolved',
      });
    });
  });
});

describe('a storage that fails', () => {
  let board: EpmBoard;
  afterEach(() => board.end());

  const night = [
    ['Planning.Actual', 'Warning'],
    ['FCCS.Consolidation', 'Warning'],
    ['Tax.Provision', 'Warning'],
  ] as const;

  /** All that a push could have left, as it is seen from outside. */
  const traces = async () => {
    await board.run('dispatch');
    return {
      statuses: await board.statuses(...night.map(([cell]) => cell)),
      audits: (await Promise.all(['Planning', 'FCCS', 'Tax'].map((app) => board.audit(app)))).flat(),
      alerts: await board.alerts(),
      messages: board.slack.messages(),
    };
  };
  const NONE = { statuses: ['Blank', 'Blank', 'Blank'], audits: [], alerts: [], messages: [] };

  async function expectRefusedAsAWhole(fail: () => void, heal: () => void) {
    fail();
    const refused = await board.pushAll(night, { job_id: 'J' });
    heal();
    expect([refused.statusCode, refused.json()]).toMatchObject([
      500,
      { success: false, error: { code: 'STATE_ERROR' } },
    ]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await traces()).toEqual(NONE);
    await board.restart();
    expect(await traces()).toEqual(NONE);
  }

  /** It fails after one write, which may also be one of Vesper's own: whatever becomes of the request becomes of all that belongs together. */
  async function expectAllOrNothing(failAfterOne: () => void, heal: () => void) {
    failAfterOne();
    const { statusCode } = await board.pushAll(night, { job_id: 'J' });
    heal();
    await board.restart();
    const { statuses, audits, alerts, messages } = await traces();
    const [status, count] = statusCode === 200 ? ['Warning', 3] : ['Blank', 0];
    expect(statuses).toEqual([status, status, status]);
    expect([audits.length, alerts.length, messages.length]).toEqual([count, count, count]);
    expect((await board.pushAll(night, { job_id: 'J' })).statusCode).toBe(200);
    expect(await board.alerts()).toHaveLength(3);
  }

  it('because the disk takes nothing leaves nothing behind, and takes the same again later', async () => {
    board = await EpmBoard.begin({ storage: 'json' });
    const handle = await open(__filename);
    const files = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    // As it is, whichever file it is called on.
    const { write: works } = Object.getOwnPropertyDescriptors(files) as unknown as {
      write: { value: () => Promise<never> };
    };
    const write = jest.spyOn(files, 'write');
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const failAfter = (writes: number) => () => {
      let done = 0;
      write.mockImplementation(function (this: unknown, ...args: []) {
        return done++ < writes ? works.value.apply(this, args) : Promise.reject(full);
      });
    };
    const heal = () => void write.mockImplementation(works.value);
    await expectRefusedAsAWhole(failAfter(0), heal);
    await expectAllOrNothing(failAfter(1), heal);
    write.mockRestore();
  });

  it('because DynamoDB refuses every write leaves nothing behind, and takes the same again later', async () => {
    const dynamo = await RefusingDynamo.start(process.env['DYNAMODB_ENDPOINT'] ?? '');
    board = await EpmBoard.begin({ storage: 'dynamodb', environment: { DYNAMODB_ENDPOINT: dynamo.url } });
    const failAfter = (writes: number) => () => dynamo.refuseAfter(writes);
    const heal = () => dynamo.heal();
    await expectRefusedAsAWhole(failAfter(0), heal);
    await expectAllOrNothing(failAfter(1), heal);
    await letTimePass(board.clock, board.vesper.stop());
    await dynamo.close();
  });
});

describe('two instances', () => {
  let board: EpmBoard;
  let second: Vesper;

  beforeEach(async () => {
    board = await EpmBoard.begin({ storage: 'dynamodb' });
    second = await board.anotherInstance();
  });
  afterEach(async () => {
    await letTimePass(board.clock, second.stop());
    await board.end();
  });

  it('lose no update of one app that both are told of at once', async () => {
    const pushes = Array.from({ length: 30 }, (_, n) =>
      board.push(
        `Planning.${APPS.Planning.domains[n % 3]}`,
        'Warning',
        { job_id: `J${n}`, timestamp: at(n - 100) },
        n % 2 === 0 ? board.vesper : second,
      ),
    );
    const answers = await letTimePass(board.clock, Promise.all(pushes));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(pushes.map(() => 200));
    const told = await board.audit('Planning');
    expect(new Set(told.map(({ job_id }) => job_id))).toEqual(new Set(pushes.map((_, n) => `J${n}`)));
    expect(told).toHaveLength(pushes.length);
    expect((await board.board()).recent_jobs).toHaveLength(30);
    expect(await Promise.all(APPS.Planning.domains.map((domain) => jobOf(domain)))).toEqual([
      'J27',
      'J28',
      'J29',
    ]);
    const applied = told.filter((entry) => entry['applied'] === true).length;
    const counted = (await board.alerts()).reduce((sum, { occurrences }) => sum + occurrences, 0);
    expect([(await board.alerts()).length, counted]).toEqual([3, applied]);
  });

  const jobOf = async (domain: string) => (await board.cell(`Planning.${domain}`)).job_id;
});
