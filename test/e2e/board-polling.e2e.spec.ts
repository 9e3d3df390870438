import type { JobScript } from '../fakes/fake-epm';
import { DEFAULT_CHANNEL, MAIN_CHANNEL, textOf } from '../harness/epm-board';
import { letTimePass } from '../harness/let-time-pass';
import { PolledBoard, type PolledBoardOptions } from '../harness/polled-board';

jest.setTimeout(60_000);

let night: PolledBoard;
const begin = async (options: PolledBoardOptions = {}) => (night = await PolledBoard.begin(options));

afterEach(async () => {
  expect(await night.end()).toEqual([]);
});

const told = async (cell: string) => {
  const { status, message } = await night.board.cell(cell);
  return [status, message];
};

const CELLS = { planning: 'Planning.D0', loads: 'Loads.Actual', arcs: 'ARCS.D0', edm: 'EDM.Accounts' };
type Server = keyof typeof CELLS;

describe('a job', () => {
  const ended = (ends: object, more: object = {}) => ({ runsForMs: 0, ends, ...more }) as Partial<JobScript>;
  const some = expect.any(String) as string;

  beforeEach(() => begin());

  it.each<[Server, string, Partial<JobScript>, [string, string | null]]>([
    ['planning', 'success', { runsForMs: 0 }, ['OK', 'Job completed successfully']],
    ['planning', 'error', ended({ status: 1, details: 'Rule failed' }), ['Warning', 'Rule failed']],
    [
      'planning',
      'cancelled',
      ended({ status: 3, details: 'Cancelled by jo' }),
      ['Warning', 'Cancelled by jo'],
    ],
    ['planning', 'invalid', ended({ status: 4 }), ['Warning', 'Invalid parameter: Scenario']],
    ['planning', 'in progress', {}, ['Loading', null]],
    ['planning', 'cancel pending', ended({ status: 2 }), ['Loading', null]],
    ['planning', 'unknown', ended({ status: 2_147_483_647 }), ['Loading', null]],
    ['loads', 'success', { runsForMs: 0, statusLagMs: 0 }, ['OK', null]],
    [
      'loads',
      'success that its status does not show yet',
      { runsForMs: 0, statusLagMs: null },
      ['Loading', null],
    ],
    [
      'loads',
      'error',
      ended({ status: 1, details: 'TDATASEG' }, { statusLagMs: 0 }),
      ['Warning', 'TDATASEG'],
    ],
    ['loads', 'in progress', {}, ['Loading', null]],
    ['arcs', 'success', { runsForMs: 0 }, ['OK', some]],
    ['arcs', 'error', ended({ status: 7 }), ['Warning', 'The period "July 2026" is not open.']],
    ['arcs', 'in progress', {}, ['Loading', null]],
    ['edm', 'success', { runsForMs: 0 }, ['OK', null]],
    ['edm', 'error', ended({ status: 'FAILED', error: 'EPMMDM-1' }), ['Warning', 'EPMMDM-1']],
    ['edm', 'success without success', ended({ status: 'COMPLETED', success: false }), ['Warning', some]],
    ['edm', 'a word nobody knows', ended({ status: 'ARCHIVED' }), ['Loading', null]],
    ['edm', 'in progress', {}, ['Loading', null]],
  ])('of %s: %s', async (server, _what, script, expected) => {
    const job = await night.load(CELLS[server], server, script);
    await night.board.clock.advance('30s');
    await night.begunPoll();
    expect(await told(CELLS[server])).toEqual(expected);
    expect(await night.board.cell(CELLS[server])).toMatchObject({
      job_id: job,
      duration_sec: expected[0] === 'Loading' ? null : 30,
    });
    const changes = await night.board.audit(CELLS[server].split('.')[0] ?? '');
    expect(changes.map(({ new_status, by }) => [new_status, by])).toEqual([
      ...(expected[0] === 'Loading' ? [] : [[expected[0], 'worker:epm-poll']]),
      ['Loading', 'board'],
    ]);
  });

  it('that fails is told in 200 characters, and alerted like one that was pushed', async () => {
    await night.load(
      'Planning.D0',
      'planning',
      ended({ status: 1, details: `${'x'.repeat(199)}🌙${'y'.repeat(300)}` }),
    );
    await night.poll();
    const [status, message] = await told('Planning.D0');
    expect([status, message]).toEqual(['Warning', `${'x'.repeat(199)}…`]);
    await night.board.run('dispatch');
    expect(textOf(night.board.posts(MAIN_CHANNEL)[0])).toContain('Planning · D0: Warning');
    expect(await night.board.alerts()).toMatchObject([{ timeline: [{ by: 'worker:epm-poll' }] }]);
    await night.board.push('Planning.D0', 'OK', { job_id: 'NEXT' });
    expect(await night.board.alerts()).toMatchObject([{ status: 'resolved' }]);
  });

  it('is not asked about any more once it has ended', async () => {
    const job = await night.load('Planning.D0', 'planning');
    await night.pollFor(1);
    night.epm.finishJob('planning', 'planning', Number(job));
    await night.pollFor(3);
    expect(await told('Planning.D0')).toMatchObject(['OK', expect.any(String)]);
    expect(night.asked('planning')).toHaveLength(3);
  });

  it('that several cells wait for is asked about once, and answers all of them', async () => {
    const job = await night.load('Planning.D0', 'planning', { runsForMs: 0 });
    await night.board.push('Planning.D1', 'Loading', { job_id: job });
    await night.board.push('Tax.Provision', 'Loading', { job_id: job, server: 'planning' });
    await night.begunPoll();
    expect(await night.board.statuses('Planning.D0', 'Planning.D1', 'Tax.Provision')).toEqual([
      'OK',
      'OK',
      'OK',
    ]);
    expect(night.asked('planning')).toEqual([`/HyperionPlanning/rest/v3/applications/Vision/jobs/${job}`]);
  });

  it('of the same number is another one on another server', async () => {
    const job = await night.load('Planning.D0', 'planning', { runsForMs: 0 });
    expect(await night.load('Loads.Actual', 'loads')).toBe(job);
    await night.begunPoll();
    expect(await night.board.statuses('Planning.D0', 'Loads.Actual')).toEqual(['OK', 'Loading']);
    expect(night.asked('planning')).toHaveLength(2);
  });

  it('whose id its server cannot know is never asked about, nor is one without an id or a server', async () => {
    const run = night.start('edm', { runsForMs: 0 });
    const ids = ['LOAD_20260216_001', run, '0', '-1', '1.5', '12a', '../..', ' 101 1'];
    for (const [n, id] of ids.entries()) await night.board.push(`Planning.D${n}`, 'Loading', { job_id: id });
    await night.board.push('Planning.D11', 'Loading');
    await night.board.push('EDM.Accounts', 'Loading', { job_id: '101' });
    await night.board.push('Tax.Provision', 'Loading', { job_id: '101' });
    await night.pollFor(90);
    expect(night.epm.calls()).toEqual([]);
    expect(await night.board.statuses('Planning.D0', 'EDM.Accounts')).toEqual(['Loading', 'Loading']);
  });
});

describe.each(['json', 'dynamodb'] as const)('polling, on %s', (storage) => {
  beforeEach(() => begin({ storage }));

  it.each<[string, () => Promise<string>]>([
    ['is not known', () => night.load('Planning.D0', 'planning', { startsInMs: 999_999_999 })],
    [
      'says nothing that is known',
      () => night.load('Planning.D0', 'planning', { runsForMs: 0, ends: { status: 2_147_483_647 } }),
    ],
  ])(
    'warns of a job that %s only when that lasts, which a restart does not make anew',
    async (_what, load) => {
      await load();
      await night.poll();
      await night.board.clock.advance('10m');
      await night.board.restart();
      await night.poll();
      await night.board.clock.advance('4m');
      await night.poll();
      expect(await told('Planning.D0')).toEqual(['Loading', null]);
      expect(await night.board.audit('Planning')).toHaveLength(1);
      await night.pollFor(2);
      expect(await told('Planning.D0')).toEqual([
        'Warning',
        expect.stringMatching(/^EPM gives no usable answer about the job: ./),
      ]);
      expect(await night.board.alerts()).toHaveLength(1);
    },
  );

  it('forgets a doubt that the next answer ends', async () => {
    const job = await night.load('Planning.D0', 'planning');
    night.epm.report('planning', 'planning', Number(job), { status: 2_147_483_647 });
    await night.pollFor(14, '1m');
    night.epm.report('planning', 'planning', Number(job), { status: -1 });
    await night.poll();
    night.epm.report('planning', 'planning', Number(job), { status: 2_147_483_647 });
    await night.pollFor(14, '1m');
    expect(await told('Planning.D0')).toEqual(['Loading', null]);
  });

  it('brings its end to the cell although an alert of an earlier push is still due, which is told first', async () => {
    const cells = Array.from({ length: 8 }, (_, n) => `Planning.D${n}`);
    const jobs = cells.map(() => night.start('planning', { runsForMs: 0 }));
    const { board: boards } = night.board.vesper.foundations.store;
    const record = boards.record.bind(boards);
    const away = jest
      .spyOn(boards, 'record')
      .mockImplementationOnce(record)
      .mockRejectedValue(new Error('away'));
    const updates = cells.flatMap((cell, n) => [
      [cell, 'Warning', { job_id: 'EARLIER' }] as const,
      [cell, 'Loading', { job_id: jobs[n] }] as const,
    ]);
    expect((await night.board.pushAll(updates)).statusCode).toBe(200);
    await night.board.until(() => away.mock.calls.length > 1);
    away.mockRestore();

    await night.poll();
    expect(new Set(await night.board.statuses(...cells))).toEqual(new Set(['OK']));
    const alerts = await night.board.alerts();
    expect(alerts.map(({ dedupKey, status }) => `${dedupKey} ${status}`).toSorted()).toEqual(
      cells.map((cell) => `board_warning:${cell.replace('.', ':')} resolved`),
    );
  });

  it('gives up a job that never ends, also while its server is down', async () => {
    await night.load('Planning.D0', 'planning');
    await night.load('ARCS.D0', 'arcs');
    await night.pollFor(30, '1m');
    await night.epm.takeDown('arcs');
    await night.pollFor(29, '1m');
    expect(await night.board.statuses('Planning.D0', 'ARCS.D0')).toEqual(['Loading', 'Loading']);
    await night.pollFor(2);
    expect(await told('Planning.D0')).toEqual(['Warning', expect.stringMatching(/^polling gave up: ./)]);
    expect(await told('ARCS.D0')).toEqual([
      'Warning',
      expect.stringMatching(/^polling gave up: no connection/),
    ]);
    expect(await night.board.alerts(null, 'firing')).toHaveLength(2);
    await night.board.push('Planning.D0', 'OK', { job_id: 'LATE' });
    expect(await told('Planning.D0')).toEqual(['OK', null]);
  });

  it('does not give up a job that nobody could ask about', async () => {
    await night.load('Planning.D0', 'planning');
    await night.board.clock.advance('3h');
    await night.poll();
    expect(await told('Planning.D0')).toEqual(['Loading', null]);
    await night.pollFor(62, '2m');
    expect(await told('Planning.D0')).toEqual(['Warning', expect.stringMatching(/^polling gave up: ./)]);
  });

  it('yields to what the job itself says of its end, although that comes late', async () => {
    const job = await night.load('Planning.D0', 'planning', { runsForMs: 0, ends: { status: 1 } });
    await night.board.clock.advance('1m');
    const endedAt = night.board.clock.now().toISOString();
    await night.board.clock.advance('1m');
    await night.poll();
    expect(await night.board.statuses('Planning.D0')).toEqual(['Warning']);
    await night.board.push('Planning.D0', 'OK', { job_id: job, message: 'its own word', timestamp: endedAt });
    expect(await night.board.cell('Planning.D0')).toMatchObject({
      ...{ status: 'OK', message: 'its own word', updated: endedAt, duration_sec: 60 },
    });
    expect(await night.board.alerts()).toMatchObject([{ status: 'resolved' }]);
  });

  it.each<[string, string, object, object]>([
    ['an end', 'OK', { message: 'as pushed' }, { status: 'OK', message: 'as pushed' }],
    ['a cleared cell', 'Blank', { job_id: null }, { status: 'Blank', job_id: null }],
    ['the next job', 'Loading', { job_id: '999' }, { status: 'Loading', job_id: '999' }],
  ])('lets %s win that is pushed while EPM is being asked', async (_what, status, fields, expected) => {
    const job = await night.load('Planning.D0', 'planning', {
      runsForMs: 0,
      ends: { status: 1, details: 'as polled' },
    });
    night.epm.fault('planning', { kind: 'held' });
    const poll = night.begunPoll();
    await night.epm.whenHeld('planning', 1);
    await night.board.clock.advance('1s');
    await night.board.push('Planning.D0', status, { job_id: job, ...fields });
    night.epm.release('planning');
    await poll;
    expect(await night.board.cell('Planning.D0')).toMatchObject(expected);
    expect((await night.board.audit('Planning')).map(({ by }) => by)).toEqual(['board', 'board']);
    expect(await night.board.alerts()).toEqual([]);
  });
});

describe('servers', () => {
  beforeEach(() => begin({ auth: 'refresh_token' }));

  const loadAll = async () => {
    for (let n = 0; n < 12; n++) {
      await night.load(`Planning.D${n}`, 'planning', { runsForMs: 0 });
      await night.load(`ARCS.D${n}`, 'arcs', { runsForMs: 0 });
    }
  };
  const allOf = async (app: string) =>
    new Set(await night.board.statuses(...Array.from({ length: 12 }, (_, n) => `${app}.D${n}`)));

  it('are asked side by side, three questions at a time each', async () => {
    await loadAll();
    for (const pod of ['planning', 'arcs']) night.epm.fault(pod, { kind: 'held', times: Infinity });
    const poll = night.begunPoll();
    for (let round = 1; round <= 4; round++) {
      await Promise.all([night.epm.whenHeld('planning', 3), night.epm.whenHeld('arcs', 3)]);
      await aFourthWouldHaveCome();
      expect([night.asked('planning').length, night.asked('arcs').length]).toEqual([round * 3, round * 3]);
      night.epm.release('planning');
      night.epm.release('arcs');
    }
    await poll;
    expect([await allOf('Planning'), await allOf('ARCS')]).toEqual([new Set(['OK']), new Set(['OK'])]);
    expect([night.epm.traffic('planning').highWater, night.epm.traffic('arcs').highWater]).toEqual([3, 3]);
  });

  it('that hang hold up no other, and nobody for longer than one timeout', async () => {
    await loadAll();
    night.epm.fault('planning', { kind: 'hang', times: Infinity });
    const poll = night.begunPoll();
    await night.board.until(async () => [...(await allOf('ARCS'))].join() === 'OK');
    expect(await allOf('Planning')).toEqual(new Set(['Loading']));
    const begunAt = night.board.clock.monotonicMs();
    await letTimePass(night.board.clock, poll);
    expect(night.board.clock.monotonicMs() - begunAt).toBeLessThan(35_000);
    expect(night.asked('planning')).toHaveLength(3);
    night.epm.clearFaults();
    await night.pollFor(2);
    expect(await allOf('Planning')).toEqual(new Set(['OK']));
  });

  it('that hang hold up no other for longer than one timeout where one password serves all', async () => {
    await night.end();
    await begin();
    await loadAll();
    night.epm.fault('planning', { kind: 'hang', times: Infinity });
    const startedAt = night.board.clock.now().getTime();
    await night.poll();
    expect([await allOf('Planning'), await allOf('ARCS')]).toEqual([new Set(['Loading']), new Set(['OK'])]);
    expect(Math.max(...night.epm.calls('arcs').map(({ at }) => at)) - startedAt).toBeLessThan(35_000);
  });

  it('that are down are asked ever more rarely, at least every five minutes, and told of once', async () => {
    await loadAll();
    night.epm.fault('planning', { kind: 'unavailable', times: Infinity });
    await night.pollFor(45);
    const rounds = roundsOf(night.epm.calls('planning').map(({ at }) => at));
    expect(rounds.length).toBeLessThanOrEqual(16);
    const gaps = rounds.slice(1).map((at, n) => at - (rounds[n] ?? 0));
    expect(gaps.at(-1)).toBeGreaterThan(200_000);
    expect(Math.max(...gaps)).toBeLessThan(345_000);
    expect(Math.min(...gaps)).toBeLessThan(70_000);
    expect(night.board.logged.filter((line) => line.includes('an EPM server does not answer'))).toHaveLength(
      1,
    );
    expect(await allOf('Planning')).toEqual(new Set(['Loading']));

    night.epm.clearFaults();
    await night.pollFor(6);
    expect(await allOf('Planning')).toEqual(new Set(['OK']));
    expect(night.board.logged.filter((line) => line.includes('an EPM server answers again'))).toHaveLength(1);
  });

  it('in maintenance, with a web page instead of an answer, leave the cells as they are', async () => {
    await loadAll();
    night.epm.fault('planning', { kind: 'maintenance_page', times: Infinity });
    night.epm.fault('arcs', { kind: 'login_redirect', times: Infinity });
    await night.pollFor(20);
    expect([await allOf('Planning'), await allOf('ARCS')]).toEqual([
      new Set(['Loading']),
      new Set(['Loading']),
    ]);
    // Nobody followed the redirect.
    expect(new Set(night.asked('identity'))).toEqual(new Set(['/oauth2/v1/token']));
  });
});

async function aFourthWouldHaveCome(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Instants at which it began to ask, after some quiet. */
function roundsOf(asked: readonly number[]): readonly number[] {
  return asked.filter((at, n) => at - (asked[n - 1] ?? -Infinity) > 15_000);
}

describe.each(['json', 'dynamodb'] as const)('the sign-in to EPM, on %s', (storage) => {
  beforeEach(() => begin({ storage, auth: 'refresh_token' }));

  const refreshes = () => night.epm.calls('identity').length;
  const lost = () => night.board.alerts('epm_sign_in:shared');

  it('is renewed once for all when its tokens are withdrawn', async () => {
    await night.load('Planning.D0', 'planning');
    await night.load('ARCS.D0', 'arcs');
    await night.poll();
    expect(refreshes()).toBe(1);
    night.epm.revokeAccessTokens();
    for (let n = 1; n < 6; n++) await night.load(`Planning.D${n}`, 'planning', { runsForMs: 0 });
    await night.poll();
    expect(refreshes()).toBe(2);
    expect(await night.board.statuses('Planning.D1', 'Planning.D5')).toEqual(['OK', 'OK']);
  });

  it('is not worn out by a server that refuses every token', async () => {
    // More than are asked about at once.
    const count = storage === 'json' ? 12 : 4;
    for (let n = 0; n < count; n++) await night.load(`Planning.D${n}`, 'planning', { runsForMs: 0 });
    await night.load('ARCS.D0', 'arcs', { runsForMs: 0 });
    night.epm.fault('planning', { kind: 'answer', status: 401, body: '', times: Infinity });
    await night.pollFor(20);
    expect(refreshes()).toBeLessThanOrEqual(6);
    expect(await night.board.statuses('Planning.D0', 'ARCS.D0')).toEqual(['Loading', 'OK']);
    expect(await lost()).toEqual([]);
    expect(
      night.board.logged.filter((line) => line.includes('an EPM server refuses our sign-in')),
    ).toHaveLength(1);
    night.epm.clearFaults();
    await night.poll();
    expect(await night.board.statuses('Planning.D0', `Planning.D${count - 1}`)).toEqual(['OK', 'OK']);
  });

  it('that only a person can renew is told once, and nothing is asked until then', async () => {
    const job = await night.load('Planning.D0', 'planning');
    await night.poll();
    night.epm.revokeRefreshTokens();
    night.epm.revokeAccessTokens();
    await night.pollFor(2);
    await night.board.run('dispatch');
    expect(await lost()).toMatchObject([{ status: 'firing', occurrences: 1 }]);
    expect(night.board.posts(DEFAULT_CHANNEL)).toHaveLength(1);
    expect(textOf(night.board.posts(DEFAULT_CHANNEL)[0])).toContain(
      'Vesper cannot sign in to Oracle EPM (shared)',
    );

    const before = night.epm.calls().length;
    await night.pollFor(10, '1m');
    await night.board.restart();
    await night.pollFor(10, '1m');
    expect(night.epm.calls()).toHaveLength(before);
    expect(await lost()).toHaveLength(1);

    night.epm.finishJob('planning', 'planning', Number(job));
    await night.restartSignedIn();
    await night.pollFor(1);
    expect(await night.board.statuses('Planning.D0')).toEqual(['OK']);
    expect(await lost()).toMatchObject([{ status: 'resolved', resolution: 'signed in again' }]);
    await night.board.run('dispatch');
    expect(night.board.replies(DEFAULT_CHANNEL, night.board.posts(DEFAULT_CHANNEL)[0])).toHaveLength(1);
  });
});

describe('two instances', () => {
  it.each([
    ['that began at the same time', 0],
    ['that began at different times', 15_000],
  ])('%s ask about a job once an interval, and tell of it once', async (_what, apartMs) => {
    await begin({ storage: 'dynamodb' });
    const job = await night.load('Planning.D0', 'planning');
    const second = await night.board.anotherInstance();
    for (let interval = 1; interval <= 6; interval++) {
      if (interval === 6)
        night.epm.finishJob('planning', 'planning', Number(job), { status: 1, details: 'no' });
      const first = night.begunPoll();
      if (apartMs > 0) await first;
      await night.board.clock.advance(apartMs);
      await Promise.all([first, night.begunPoll(second)]);
      await night.board.clock.advance(30_000 - apartMs);
    }
    const instants = night.epm.calls('planning').map(({ at }) => at);
    const gaps = instants.slice(1).map((at, n) => at - (instants[n] ?? 0));
    expect(gaps).toEqual([30_000, 30_000, 30_000, 30_000, 30_000]);
    expect(await night.board.audit('Planning')).toHaveLength(2);
    expect(await night.board.alerts()).toMatchObject([{ occurrences: 1 }]);
    await letTimePass(night.board.clock, second.stop());
  });
});

describe('the settings of polling', () => {
  it.each([{ enabled: false }, null])('%j: nothing is asked', async (pullMode) => {
    await begin({ pullMode });
    await night.load('Planning.D0', 'planning', { runsForMs: 0 });
    await night.pollFor(3);
    expect(night.epm.calls()).toEqual([]);
    expect(await told('Planning.D0')).toEqual(['Loading', null]);
  });

  it('say how often is asked and when it is given up', async () => {
    await begin({ pullMode: { enabled: true, poll_interval_seconds: 10, max_poll_duration_minutes: 5 } });
    const report = night.board.vesper.application.runner.reports().find(({ name }) => name === 'epm-poll');
    expect((report?.nextRunAt?.getTime() ?? 0) - night.board.clock.now().getTime()).toBe(10_000);
    await night.load('Planning.D0', 'planning');
    await night.begunPoll();
    await night.board.clock.advance('5m');
    await night.begunPoll();
    expect(await told('Planning.D0')).toEqual(['Loading', null]);
    await night.board.clock.advance('1s');
    await night.begunPoll();
    expect(await told('Planning.D0')).toEqual(['Warning', expect.stringMatching(/^polling gave up/)]);
  });
});
