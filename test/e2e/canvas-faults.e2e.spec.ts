import { StorageUnavailable } from '../../src/domain/shared/errors';
import { appsFileOf } from '../harness/apps-file';
import {
  boardFile,
  CANVAS_OF,
  failNext,
  holdAfter,
  holdBefore,
  MAIN,
  MonitoredBoard,
  SIDE,
} from '../harness/monitored-board';
import { until } from '../harness/until';
import { Vesper, KEYS } from '../harness/vesper';

const EDIT = 'canvases.edit';
const LONGEST_CANVAS = 1_048_576;

/** In real time. */
const PATIENTLY = { withinMs: 20_000 };

jest.setTimeout(120_000);

describe.each(['json', 'dynamodb'] as const)('canvases when something fails, on %s', (storage) => {
  let board: MonitoredBoard;

  beforeEach(async () => {
    board = await MonitoredBoard.begin({ storage });
    await board.settle();
  });
  afterEach(async () => {
    await board.end();
    jest.restoreAllMocks();
  });

  const text = (channel = MAIN) => board.canvas(CANVAS_OF[channel]).markdown;
  const shows = async (channel = MAIN) => text(channel) === (await board.preview(channel));
  const attemptsAt = (id = CANVAS_OF[MAIN]) =>
    board.attempts().filter(({ args }) => args['canvas_id'] === id);
  const writesOf = async (channel: string, outcome: string) => {
    const { body } = await board.vesper.request('GET', '/metrics', undefined, KEYS.admin);
    const line = `vesper_canvas_writes_total{channel="${channel}",outcome="${outcome}"} `;
    return Number(
      body
        .split('\n')
        .find((one) => one.startsWith(line))
        ?.slice(line.length) ?? 0,
    );
  };

  describe('a Slack that is down', () => {
    it('keeps no push from being taken, and is told the last state afterwards', async () => {
      board.slack.fault({ kind: 'http_error', status: 503, times: Infinity });
      const triedBefore = board.attempts().length;
      for (let minute = 1; minute <= 5; minute++) {
        const asked = board.clock.monotonicMs();
        const answer = await board.push('Planning/Actual', 'Warning', { message: `minute ${minute}` });
        expect(answer).toMatchObject({ success: true, canvas_updated: true });
        expect(board.clock.monotonicMs()).toBe(asked);
        await board.pass('1m', '1s');
      }
      const tried = attemptsAt().length - triedBefore;
      expect(tried).toBeGreaterThanOrEqual(5);
      expect(tried).toBeLessThanOrEqual(12);
      expect(await writesOf(MAIN, 'failed')).toBeGreaterThanOrEqual(5);
      board.slack.clearFaults();
      await board.pass('61s', '1s');
      expect(text()).toContain('minute 5');
    });

    it('is told the last state although Vesper was restarted meanwhile', async () => {
      board.slack.fault({ kind: 'refuse', times: Infinity });
      await board.push('Planning/Actual', 'Loading');
      await board.pass('3s');
      await board.restart();
      await board.push('Planning/Actual', 'OK');
      board.slack.clearFaults();
      await board.pass('10s', '1s');
      expect(text()).toContain('🟢 OK');
    });

    it('is left alone for as long as it asks', async () => {
      board.slack.fault({ kind: 'rate_limited', retryAfterSeconds: 40, method: EDIT });
      await board.push('Planning/Actual', 'Loading');
      await board.pass('1s');
      const tried = board.attempts().length;
      for (let n = 0; n < 9; n++) {
        await board.push('Planning/Actual', 'OK', { job_id: `LOAD-${n}` });
        await board.pass('4s', '200ms');
      }
      expect(board.attempts()).toHaveLength(tried);
      await board.pass('4s', '200ms');
      expect(board.attempts()).toHaveLength(tried + 1);
      expect(text()).toContain('LOAD-8');
    });

    it('is not asked again at once when a push comes during an attempt that fails', async () => {
      const edit = holdAfter(board.vesper.foundations.slack.canvases, 'write');
      board.slack.fault({ kind: 'http_error', status: 503, method: EDIT });
      const tried = attemptsAt().length;
      await board.push('Planning/Actual', 'Loading');
      const running = board.run();
      await edit.reached;
      await board.clock.advance('300ms');
      await board.push('Planning/Actual', 'OK');
      await board.vesper.application.runner.trigger('canvas-refresh');
      edit.release();
      await running;
      expect(attemptsAt()).toHaveLength(tried + 1);
      await board.pass('3s');
      expect(text()).toContain('🟢 OK');
    });

    it.each(['garbage', 'store_then_drop', 'store_then_error', 'rate_limited_without_retry_after'] as const)(
      'once: %s',
      async (kind) => {
        board.slack.fault({ kind, method: EDIT });
        await board.push('Planning/Actual', 'OK');
        await board.pass('6s');
        expect(await shows()).toBe(true);
      },
    );
  });

  it('repairs what was edited by hand as soon as canvases can be read again', async () => {
    board.slack.fault({ kind: 'http_error', status: 503, method: 'canvases.getContent', times: Infinity });
    const before = text();
    board.slack.editByHand(CANVAS_OF[MAIN] ?? '', 'Back at ten. Anna');
    await board.pass('20m', '1m');
    expect(text()).toBe('Back at ten. Anna');
    board.slack.clearFaults();
    await board.pass('606s', '6s');
    expect(text()).toBe(before);
  });

  describe('a canvas that Slack refuses', () => {
    it('keeps no other from being written, is named by a sync, and heals', async () => {
      board.slack.lockCanvas(CANVAS_OF[MAIN] ?? '');
      await board.push('Planning/Actual', 'OK');
      await board.pass('10s');
      await board.push('Tax/Provision', 'OK');
      await board.pass('1s');
      expect([await shows(MAIN), await shows(SIDE)]).toEqual([false, true]);
      expect(await writesOf(MAIN, 'refused')).toBeGreaterThanOrEqual(1);
      expect(await board.sync()).toMatchObject({
        status: 502,
        body: {
          success: false,
          error: {
            code: 'SLACK_ERROR',
            details: { channels: [{ channel: MAIN, slack_error: 'restricted_action' }], written: [SIDE] },
          },
        },
      });
      expect(await board.sync(MAIN)).toMatchObject({ status: 502 });
      board.slack.lockCanvas(CANVAS_OF[MAIN] ?? '', false);
      await board.pass('61s', '1s');
      expect(text()).toContain('🟢 OK');
    });

    it('is written by a sync as soon as it is unlocked', async () => {
      board.slack.lockCanvas(CANVAS_OF[MAIN] ?? '');
      await board.push('Planning/Actual', 'OK');
      await board.pass('30s', '1s');
      board.slack.lockCanvas(CANVAS_OF[MAIN] ?? '', false);
      expect(await board.sync(MAIN)).toMatchObject({
        status: 200,
        body: { success: true, channel: MAIN, canvas_id: CANVAS_OF[MAIN] },
      });
      expect(await shows()).toBe(true);
    });

    it('as too large for once is written the next time', async () => {
      board.slack.fault({ kind: 'platform_error', error: 'canvas_editing_failed', method: EDIT });
      await board.push('Planning/Actual', 'OK');
      await board.pass('6s');
      expect(await shows()).toBe(true);
    });
  });

  describe('a crash', () => {
    it('between a push and its edit: it is shown after the start', async () => {
      await board.push('Planning/Actual', 'Warning', { message: 'just before' });
      await board.restart();
      await board.run();
      expect(text()).toContain('just before');
    });

    it.each([
      ['the mark was not stored', false],
      ['nobody heard that the mark was stored', true],
    ])('between the edit and its mark: %s', async (_name, done) => {
      const { store } = board.vesper.foundations;
      failNext(store.board, 'recordCanvas', new StorageUnavailable('killed'), done);
      await board.push('Planning/Actual', 'Warning', { message: 'just before' });
      await board.run();
      expect(text()).toContain('just before');
      await board.restart();
      const { revision } = board.canvas();
      await board.pass('6s', '200ms');
      expect(board.canvas().revision - revision).toBe(done ? 0 : 1);
      await board.push('Planning/Actual', 'OK');
      await board.pass('6s', '200ms');
      expect(await shows()).toBe(true);
    });

    it('in the middle of an edit: the last state is shown after the start', async () => {
      board.slack.fault({ kind: 'hang', method: EDIT });
      await board.push('Planning/Actual', 'Loading');
      const tried = board.attempts().length;
      const running = board.run();
      await until(() => board.attempts().length > tried, PATIENTLY);
      await board.push('Planning/Budget', 'OK');
      await board.restart();
      await running;
      await board.pass('1s');
      expect(await shows()).toBe(true);
    });
  });

  describe('a storage', () => {
    it('that does not take the mark is written to again, and so is the canvas', async () => {
      const { store } = board.vesper.foundations;
      failNext(store.board, 'recordCanvas', new StorageUnavailable('full'));
      await board.push('Planning/Actual', 'OK');
      await board.pass('6s');
      expect(await shows()).toBe(true);
      const { revision } = board.canvas();
      await board.pass('30s', '1s');
      expect(board.canvas().revision).toBe(revision);
    });

    it('that cannot be read for a while is not asked more often than usual, and the canvas follows', async () => {
      const { store } = board.vesper.foundations;
      const down = jest.spyOn(store.board, 'listApps').mockRejectedValue(new StorageUnavailable('down'));
      // The time of a refresh is long over.
      await board.clock.advance('20m');
      await board.pass('20s', '200ms');
      expect(down.mock.calls.length).toBeLessThanOrEqual(storage === 'json' ? 21 : 5);
      down.mockRestore();
      await board.push('Planning/Actual', 'OK');
      await board.pass('1s');
      expect(await shows()).toBe(true);
    });
  });

  describe('POST /canvas/sync', () => {
    it('waits for the worker that is writing the same canvas, and for the pause between two edits', async () => {
      const edit = holdBefore(board.vesper.foundations.slack.canvases, 'write');
      await board.push('Planning/Actual', 'Loading');
      const running = board.run();
      await edit.reached;
      const synced = board.sync(MAIN);
      await board.push('Planning/Actual', 'OK');
      edit.release();
      await running;
      expect(await synced).toMatchObject({ status: 200, body: { canvas_id: CANVAS_OF[MAIN] } });
      const [first, second, ...others] = board.edits().slice(-2);
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
      expect(others).toEqual([]);
      expect(await shows()).toBe(true);
      await board.pass('5s');
      expect(board.edits().at(-1)).toEqual(second);
    });

    it('writes a canvas although nothing has changed', async () => {
      const { revision } = board.canvas();
      await board.sync(MAIN);
      expect(board.canvas().revision).toBe(revision + 1);
    });

    it('writes several, each once', async () => {
      const { status, body } = await board.sync();
      expect(status).toBe(200);
      expect(body['results']).toMatchObject([{ channel: MAIN }, { channel: SIDE }]);
      expect(await writesOf(MAIN, 'written')).toBe(2);
      expect(await writesOf(SIDE, 'written')).toBe(2);
    });
  });
});

describe.each(['json', 'dynamodb'] as const)('an unusual board, on %s', (storage) => {
  it('lives without Slack', async () => {
    const vesper = await Vesper.start({ storage, appsFile: boardFile() });
    const update = { app: 'Planning', domain: 'Actual', status: 'Loading', job_id: 'LOAD_1' };
    const pushed = await vesper.request('POST', '/status', update, KEYS.board);
    expect(pushed.json()).toMatchObject({ success: true, canvas_updated: false });
    await vesper.run('canvas-refresh');
    const preview = await vesper.request('GET', `/canvas/preview?channel=${MAIN}`, undefined, KEYS.board);
    expect(preview.json<{ markdown: string }>().markdown).toContain('🟡 Loading');
    const synced = await vesper.request('POST', '/canvas/sync', { channel: MAIN }, KEYS.board);
    expect([synced.statusCode, synced.json()]).toMatchObject([
      502,
      {
        error: {
          code: 'SLACK_ERROR',
          details: { channels: [{ channel: MAIN, slack_error: 'slack_disabled' }] },
        },
      },
    ]);
    await vesper.dispose();
  });

  it('makes the canvases of many channels as fast as Slack lets it, and none twice', async () => {
    // Fifty on one storage say what Slack lets through; the other one needs only more than a minute's.
    const [count, enough] = storage === 'json' ? [50, '4m'] : [30, '2m'];
    const ids = Array.from({ length: count }, (_, n) => `C00000001${String(n).padStart(2, '0')}`);
    const names = Object.fromEntries(ids.map((id) => [id, id.toLowerCase()]));
    const appsFile = appsFileOf(['Planning'], ['Actual'], names);
    const channels = ids.map((id) => ({ id, name: id.toLowerCase() }));
    const board = await MonitoredBoard.begin({ storage, appsFile }, { channels });
    await board.push('Planning/Actual', 'Loading');
    // Slack takes 20 a minute, and a fifth more in one of them.
    await board.pass(enough, '1s');
    const made = board.slack.canvases().map(({ channelCanvasOf }) => channelCanvasOf);
    expect(made).toHaveLength(ids.length);
    expect(new Set(made)).toEqual(new Set(ids));
    await board.end();
  });

  it('fits into a canvas, however much there is to tell', async () => {
    const domains = Array.from({ length: 50 }, (_, n) => `${n}${'漢'.repeat(48)}`);
    const apps = Array.from({ length: 10 }, (_, n) => `${n}${'漢'.repeat(49)}`);
    const board = await MonitoredBoard.begin({
      storage,
      appsFile: appsFileOf(apps, domains, { [MAIN]: 'epm-main' }),
    });
    const message = '漢'.repeat(200);
    for (const app of apps) {
      const updates = domains.map((domain) => ({
        app,
        domain,
        status: 'Loading',
        message,
        job_id: '漢'.repeat(100),
      }));
      const answer = await board.vesper.request('POST', '/status/batch', { updates }, KEYS.board);
      expect(answer.statusCode).toBe(200);
    }
    await board.run();
    const [canvas] = board.slack.canvases(MAIN);
    expect(canvas?.markdown).toBe(await board.preview());
    expect(canvas?.markdown).toContain('500 loading');
    expect(Buffer.byteLength(canvas?.markdown ?? '')).toBeLessThanOrEqual(LONGEST_CANVAS);
    expect(Buffer.byteLength(canvas?.markdown ?? '')).toBeGreaterThan(LONGEST_CANVAS / 2);
    await board.end();
  });
});
