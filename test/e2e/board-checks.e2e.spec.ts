import { appsFileOf } from '../harness/apps-file';
import {
  APPS,
  ARCS_CHANNEL,
  CHANNELS,
  DEFAULT_CHANNEL,
  EpmBoard,
  MAIN_CHANNEL,
  textOf,
} from '../harness/epm-board';
import { letTimePass } from '../harness/let-time-pass';

jest.setTimeout(60_000);

const START = '2026-03-02T17:00:00.000Z';

describe.each(['json', 'dynamodb'] as const)('what nobody reports, on %s', (storage) => {
  let board: EpmBoard;

  beforeEach(async () => (board = await EpmBoard.begin({ storage })));
  afterEach(() => board.end());

  describe('a cell that is Loading for too long', () => {
    beforeEach(async () => {
      await board.push('Planning.Actual', 'Loading', { job_id: 'J' });
    });

    const stale = () => board.alerts('board_stale:Planning:Actual');
    const check = () => board.run('board-checks', 'dispatch');

    it('is alerted once, stays Loading, and is shown as stale', async () => {
      await board.clock.advance('119m');
      await check();
      expect(await stale()).toEqual([]);
      await board.pass(4, '5m', 'board-checks', 'dispatch');
      expect(await stale()).toMatchObject([{ status: 'firing', occurrences: 1, severity: 'warning' }]);
      expect(board.posts(MAIN_CHANNEL)).toHaveLength(1);
      expect(board.posts(MAIN_CHANNEL)[0]?.edits).toEqual([]);
      expect(textOf(board.posts(MAIN_CHANNEL)[0])).toContain('Planning · Actual is loading for too long');
      expect(await board.cell('Planning.Actual')).toMatchObject({
        status: 'Loading',
        stale: true,
        updated: START,
      });
      expect(await board.audit('Planning')).toHaveLength(1);
    });

    it.each(['OK', 'Warning', 'Blank', 'Loading'])(
      'is so no more with %s, and again in another episode',
      async (status) => {
        await board.clock.advance('121m');
        await check();
        await board.push('Planning.Actual', status, { job_id: 'J2' });
        expect(await stale()).toMatchObject([{ status: 'resolved', resolution: `reported ${status}` }]);
        expect(await board.cell('Planning.Actual')).toMatchObject({ status, stale: false });
        await board.clock.advance('5m');
        await check();
        expect(await stale()).toHaveLength(1);
        await board.push('Planning.Actual', 'Loading', { job_id: 'J3' });
        await board.clock.advance('121m');
        await check();
        expect((await stale()).map((alert) => alert.status).toSorted()).toEqual(['firing', 'resolved']);
      },
    );

    it('is found at start, and then every five minutes', async () => {
      await board.clock.advance('121m');
      await board.restart();
      board.vesper.application.startWorkers();
      await board.until(async () => (await stale()).length > 0);
      const report = board.vesper.application.runner.reports().find(({ name }) => name === 'board-checks');
      const intervalMs = (report?.nextRunAt?.getTime() ?? 0) - (report?.lastStartedAt?.getTime() ?? 0);
      expect([report?.enabled, intervalMs]).toEqual([true, 5 * 60_000]);
      await board.restart();
      await check();
      expect(await stale()).toHaveLength(1);
    });

    it('is found in as many cells as there are, with the limit that is configured', async () => {
      const domains = Array.from({ length: 11 }, (_, n) => `D${n}`);
      await board.restart({
        appsFile: appsFileOf(['Wide'], domains),
        environment: { BOARD_LOADING_TIMEOUT_MINUTES: '30' },
      });
      await board.pushAll(domains.map((domain) => [`Wide.${domain}`, 'Loading', { job_id: 'J' }]));
      await board.clock.advance('31m');
      await board.run('board-checks');
      expect((await board.alerts()).map(({ dedupKey }) => dedupKey).toSorted()).toEqual(
        domains.map((domain) => `board_stale:Wide:${domain}`).toSorted(),
      );
    });

    it('is nobody’s concern once it is not configured any more: nobody could end it', async () => {
      await board.restart({
        appsFile: JSON.stringify({
          apps: { ...APPS, Planning: { domains: ['Budget'] } },
          channels: CHANNELS,
        }),
      });
      await board.clock.advance('121m');
      await check();
      expect(await stale()).toEqual([]);
    });
  });

  describe('a board that gets no updates', () => {
    const idle = () => board.alerts('board_idle');

    it('alerts once after a day, in the default channel, until the next update', async () => {
      await board.push('Planning.Actual', 'OK', { job_id: 'J' });
      await board.clock.advance('23.9h');
      await board.run('board-checks');
      expect(await idle()).toEqual([]);
      await board.pass(6, '5m', 'board-checks', 'dispatch');
      expect(await idle()).toMatchObject([{ status: 'firing', occurrences: 1 }]);
      expect(board.posts(DEFAULT_CHANNEL)).toHaveLength(1);
      expect(textOf(board.posts(DEFAULT_CHANNEL)[0])).toContain('check the integration');
      expect([...board.posts(MAIN_CHANNEL), ...board.posts(ARCS_CHANNEL)]).toEqual([]);

      await board.restart();
      await board.run('board-checks', 'dispatch');
      expect(await idle()).toHaveLength(1);

      await board.push('FCCS.Consolidation', 'OK');
      expect(await idle()).toMatchObject([{ status: 'resolved' }]);
      await board.run('dispatch');
      expect(board.replies(DEFAULT_CHANNEL, board.posts(DEFAULT_CHANNEL)[0])).toHaveLength(1);
      await board.restart();
      await board.pass(3, '5m', 'board-checks', 'dispatch');
      expect(await idle()).toHaveLength(1);
    });

    it('alerts a day after it was first looked at when nothing ever came, restarts or not', async () => {
      await board.run('board-checks');
      await board.clock.advance('23h');
      await board.restart();
      await board.run('board-checks');
      await board.clock.advance('59m');
      await board.run('board-checks');
      expect(await idle()).toEqual([]);
      await board.pass(2, '5m', 'board-checks');
      expect(await idle()).toMatchObject([{ status: 'firing', summary: 'not one update has ever arrived' }]);
      await board.push('Planning.Actual', 'OK');
      expect(await idle()).toMatchObject([{ status: 'resolved' }]);
    });

    it('waits as long as is configured', async () => {
      await board.restart({ environment: { BOARD_IDLE_HOURS: '1' } });
      await board.push('Planning.Actual', 'OK');
      await board.clock.advance('61m');
      await board.run('board-checks');
      expect(await idle()).toHaveLength(1);
    });
  });
});

describe('two instances', () => {
  it('find each stale cell and the quiet board once, and either ends what the other found', async () => {
    const board = await EpmBoard.begin({ storage: 'dynamodb' });
    const second = await board.anotherInstance();
    const check = () =>
      letTimePass(board.clock, Promise.all([board.vesper.run('board-checks'), second.run('board-checks')]));
    await board.push('Planning.Actual', 'Loading', { job_id: 'J' });
    await board.clock.advance('25h');
    for (let round = 0; round < 3; round++) {
      await check();
      await board.run('board-checks');
      await letTimePass(board.clock, second.run('board-checks'));
      await board.clock.advance('5m');
    }
    const found = (await board.alerts()).map(
      (alert) => `${alert.dedupKey} ${alert.status} ${alert.occurrences}`,
    );
    expect(found.toSorted()).toEqual(['board_idle firing 1', 'board_stale:Planning:Actual firing 1']);
    await letTimePass(board.clock, Promise.all([board.vesper.run('dispatch'), second.run('dispatch')]));
    expect(board.slack.messages()).toHaveLength(2);
    await board.push('Planning.Actual', 'OK', { job_id: 'J' }, second);
    expect(await board.alerts(null, 'firing')).toEqual([]);
    await check();
    expect(await board.alerts(null, 'firing')).toEqual([]);
    await letTimePass(board.clock, second.stop());
    await board.end();
  });
});
