import { toMs } from '../fakes/fake-clock';
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

const HOSTILE = 'R&D <b>bold</b> | *4* _x_ `y` :fire: <!channel> <@U12345678> http://x.example 🟢';
const DEBOUNCE_MS = 2_000;
/** Longest pause until a process looks for what another one was told. */
const LOOK = { json: 1_000, dynamodb: 5_000 } as const;
/** In each tenth of a second. A thousand pushes are asked of Vesper, not of the storage. */
const PUSHES = { json: 10, dynamodb: 2 } as const;

/** Vesper's own timers and bells, in real time; what is due still goes by the fake clock. */
const BY_THEMSELVES = { environment: { WORKERS: 'canvas-refresh' }, startsWorkers: true };

/** In real time. */
const PATIENTLY = { withinMs: 20_000 };

jest.setTimeout(120_000);

describe.each(['json', 'dynamodb'] as const)('canvases of the board, on %s', (storage) => {
  let board: MonitoredBoard;

  const begin = async (...[options, slack]: Parameters<typeof MonitoredBoard.begin>) => {
    board = await MonitoredBoard.begin({ storage, ...options }, slack);
    await board.settle();
  };
  /** Vesper's edits since then. */
  const editsSince = (at: Date, id?: string) => board.edits(id).filter((edit) => edit.at >= at.getTime());
  const gaps = () =>
    board
      .edits()
      .slice(1)
      .map(({ at }, index) => at - (board.edits()[index]?.at ?? 0));

  afterEach(async () => {
    await board.end();
    jest.restoreAllMocks();
  });

  describe('the pace of edits', () => {
    it('edits at once after a push, without waiting for the next look', async () => {
      await begin(BY_THEMSELVES);
      await until(() => !board.vesper.application.canvases.isDue(), PATIENTLY);
      await board.vesper.application.canvases.whenIdle();
      await board.clock.advance(LOOK[storage] / 2);
      const now = board.clock.now();
      expect(await board.push('Planning/Actual', 'Loading')).toMatchObject({ canvas_updated: true });
      await until(() => editsSince(now).length > 0, PATIENTLY);
      expect(board.canvas().markdown).toContain('🟡 Loading');
    });

    it('keeps two seconds between edits, and always writes the last state', async () => {
      await begin();
      const now = board.clock.now();
      for (const job of ['A', 'B', 'C', 'D']) {
        await board.push('Planning/Actual', 'OK', { job_id: `JOB-${job}` });
        await board.pass('400ms', '200ms');
      }
      expect(editsSince(now)).toHaveLength(1);
      expect(board.canvas().markdown).not.toContain('JOB-D');
      await board.pass('2s');
      expect(editsSince(now)).toHaveLength(2);
      expect(board.canvas().markdown).toContain('JOB-D');
      expect(Math.min(...gaps())).toBeGreaterThanOrEqual(DEBOUNCE_MS);
      // The last push is not shown much later than it may be.
      expect(gaps().at(-1)).toBeLessThanOrEqual(DEBOUNCE_MS + 200);
    });

    it('shows a push that came while the canvas was being edited', async () => {
      await begin();
      const edit = holdBefore(board.vesper.foundations.slack.canvases, 'write');
      await board.push('Planning/Actual', 'Loading');
      const running = board.run();
      await edit.reached;
      await board.push('Planning/Budget', 'OK');
      edit.release();
      await running;
      expect(board.canvas().markdown).toContain('🟡 1 loading · ⚪ 2 blank');
      await board.pass('2200ms');
      expect(board.canvas().markdown).toContain('🟡 1 loading · 🟢 1 OK · ⚪ 1 blank');
    });

    it('turns a flood of pushes in ten seconds into few edits, looks and leases', async () => {
      await begin();
      const { store } = board.vesper.foundations;
      const looks = jest.spyOn(store.board, 'listApps');
      const leases = jest.spyOn(store.leases, 'acquire');
      const now = board.clock.now();
      for (let moment = 0; moment < 100; moment++) {
        await Promise.all(
          Array.from({ length: PUSHES[storage] }, (_, n) =>
            board.push(n % 2 === 0 ? 'Planning/Actual' : 'FCCS/Consolidation', 'OK', {
              job_id: `LOAD-${moment}-${n}`,
            }),
          ),
        );
        await board.run();
        await board.clock.advance('100ms');
      }
      await board.pass('2s');
      expect(editsSince(now).length).toBeLessThanOrEqual(7);
      expect(Math.min(...gaps())).toBeGreaterThanOrEqual(DEBOUNCE_MS);
      expect(board.canvas().markdown).toContain(`LOAD-99-${PUSHES[storage] - 2}`);
      expect(board.canvas().markdown).toBe(await board.preview());
      expect(looks.mock.calls.length).toBeLessThanOrEqual(60);
      expect(leases.mock.calls.length).toBeLessThanOrEqual(15);
    });

    it('looks but once for what comes during a look', async () => {
      await begin(BY_THEMSELVES);
      const { store, canvasBell } = board.vesper.foundations;
      await until(() => !board.vesper.application.canvases.isDue(), PATIENTLY);
      const look = holdAfter(store.board, 'listApps');
      await board.clock.advance(LOOK[storage]);
      await look.reached;
      const looks = jest.spyOn(store.board, 'listApps');
      looks.mockClear();
      canvasBell.ring();
      look.release();
      await until(
        () =>
          board.vesper.application.runner
            .reports()
            .some(({ name, running }) => name === 'canvas-refresh' && !running),
        PATIENTLY,
      );
      expect(looks).not.toHaveBeenCalled();
      await board.clock.advance('200ms');
      await until(() => looks.mock.calls.length === 1, PATIENTLY);
    });

    it('goes on when the clock of the machine is set back', async () => {
      await begin();
      await board.push('Planning/Actual', 'Loading');
      await board.run();
      board.clock.stepWallTo(new Date(board.clock.now().getTime() - toMs('1h')));
      await board.push('Planning/Budget', 'Warning', { message: 'set back' });
      await board.pass('1s');
      expect(board.canvas().markdown).toContain('set back');
      await board.push('FCCS/Consolidation', 'Warning', { message: 'and on' });
      await board.pass('1s');
      expect(board.canvas().markdown).not.toContain('and on');
      await board.pass('1200ms');
      expect(board.canvas().markdown).toContain('and on');
    });
  });

  describe('what is written', () => {
    it('is what the preview shows, byte for byte', async () => {
      await begin();
      await board.push('Planning/Actual', 'Warning', { message: HOSTILE });
      await board.push('FCCS/Consolidation', 'Loading');
      await board.pass('2s');
      const canvas = board.canvas();
      expect(canvas.markdown).toBe(await board.preview());
      expect([canvas.mentions, canvas.markupWarnings]).toEqual([[], []]);
      expect(board.canvas(CANVAS_OF[SIDE]).markdown).toBe(await board.preview(SIDE));
    });

    it('is not written again for a push that is known already', async () => {
      await begin();
      await board.push('Planning/Actual', 'Loading', { job_id: 'LOAD_1' });
      await board.pass('5s');
      const attempts = board.attempts().length;
      expect(await board.push('Planning/Actual', 'Loading', { job_id: 'LOAD_1' })).toMatchObject({
        canvas_updated: true,
      });
      await board.pass('30s', '1s');
      expect(board.attempts()).toHaveLength(attempts);
    });

    it('is not written again by a refresh that finds the same ages', async () => {
      await begin();
      await board.push('Planning/Actual', 'OK', { message: HOSTILE });
      // Ages are told in hours by then.
      await board.pass('135m', '9m');
      const attempts = board.attempts().length;
      const reads = board.slack.calls('canvases.getContent').length;
      await board.pass('30m', '1m');
      expect(board.slack.calls('canvases.getContent').length).toBeGreaterThan(reads);
      expect(board.attempts()).toHaveLength(attempts);
    });

    it('is not written again at a start', async () => {
      await begin();
      await board.push('Planning/Actual', 'OK');
      await board.pass('3s');
      const attempts = board.attempts().length;
      await board.restart();
      await board.pass('8s', '1s');
      expect(board.attempts()).toHaveLength(attempts);
    });
  });

  describe('ages', () => {
    const age = () => / (just\u00a0now|\d+\u00a0min) /.exec(board.canvas().markdown)?.[1];

    it('are made true every minute while something is loading', async () => {
      await begin();
      await board.push('Planning/Actual', 'Loading');
      await board.pass('2s');
      expect(age()).toBe('just\u00a0now');
      await board.pass('65s', '1s');
      expect(age()).toBe('1\u00a0min');
      await board.pass('60s', '1s');
      expect(age()).toBe('2\u00a0min');
    });

    it('are made true every ten minutes when nothing is', async () => {
      await begin();
      await board.push('Planning/Actual', 'OK');
      await board.pass('2s');
      await board.pass('588s', '98s');
      expect(age()).toBe('just\u00a0now');
      await board.pass('20s', '1s');
      expect(age()).toBe('10\u00a0min');
    });

    it('are made true every minute although the loading began between a look and its edit', async () => {
      await begin();
      await board.push('Planning/Actual', 'OK');
      const look = holdAfter(board.vesper.foundations.store.board, 'listApps');
      const running = board.run();
      await look.reached;
      await board.push('Planning/Actual', 'Loading');
      look.release();
      await running;
      expect(board.canvas().markdown).toContain('🟡 Loading');
      await board.pass('70s', '1s');
      expect(age()).toBe('1\u00a0min');
    });

    it('are made true every minute although somebody else wrote that something is loading', async () => {
      await begin();
      await board.push('Planning/Actual', 'Loading');
      expect(await board.sync(MAIN)).toMatchObject({ status: 200 });
      await board.pass('130s', '1s');
      expect(age()).toBe('1\u00a0min');
    });

    it('tell of a cell that loads for too long', async () => {
      await begin();
      await board.push('Planning/Actual', 'Loading');
      await board.pass('120m', '10m');
      await board.pass('65s', '5s');
      expect(board.canvas().markdown).not.toContain('stale');
      await board.vesper.run('board-checks');
      await board.pass('1s');
      expect(board.canvas().markdown).toContain('🟡 Loading ⚠️ **stale**');
    });

    it.each([
      ['within a minute while something is loading', 'Loading', '65s', '1s'],
      ['within ten minutes', 'OK', '605s', '55s'],
    ])('come with the repair of what was edited by hand: %s', async (_name, status, duration, step) => {
      await begin();
      await board.push('Planning/Actual', status);
      await board.pass('2s');
      board.slack.editByHand(board.canvas().id, 'Back at ten. Anna');
      await board.pass('30s', '1s');
      expect(board.canvas().markdown).toBe('Back at ten. Anna');
      await board.pass(duration, step);
      expect(board.canvas().markdown).toContain('Planning');
      expect(board.canvas().markdown).not.toContain('Anna');
    });

    it('do not keep a hand edit that leaves the text as it would be written', async () => {
      await begin();
      await board.push('Planning/Actual', 'OK');
      await board.pass('135m', '9m');
      const text = board.canvas().markdown;
      board.slack.editByHand(board.canvas().id, `${text}\n\nseen, Anna`);
      await board.pass('10m', '1m');
      expect(board.canvas().markdown).toBe(text);
    });
  });

  describe('a channel', () => {
    const WITHOUT = { appsFile: boardFile({ [SIDE]: CANVAS_OF[SIDE] ?? '' }) };
    const shown = () => board.slack.canvases(MAIN);
    const begins = async (slack = {}) => (board = await MonitoredBoard.begin({ storage, ...WITHOUT }, slack));

    it('without a canvas gets one, which stays its canvas over restarts', async () => {
      await begin(WITHOUT);
      expect(shown()).toMatchObject([{ channelCanvasOf: MAIN, createdBy: 'vesper' }]);
      const id = shown()[0]?.id;
      await board.push('Planning/Actual', 'OK');
      await board.restart();
      await board.pass('6s', '1s');
      expect(shown()).toMatchObject([{ id, markdown: await board.preview() }]);
      expect(shown()[0]?.markdown).toContain('🟢 OK');
      expect(await board.sync(MAIN)).toMatchObject({ status: 200, body: { canvas_id: id, channel: MAIN } });
    });

    it.each([
      ['its answer was lost', async () => board.run()],
      [
        'its answer was lost and Vesper was restarted',
        async () => (await board.run(), await board.restart()),
      ],
      [
        'what Slack had answered could not be stored',
        async () => {
          failNext(board.vesper.foundations.slack.canvases, 'create', new Error('killed'), true);
          board.slack.clearFaults();
          await board.run();
          await board.restart();
        },
      ],
    ])('gets no second canvas although %s', async (_name, create) => {
      await begins();
      const method = 'conversations.canvases.create';
      board.slack.fault({ kind: 'store_then_drop', method });
      await create();
      expect(shown()).toHaveLength(1);
      await board.push('Planning/Actual', 'OK');
      await board.pass('8s', '500ms');
      expect(shown()).toMatchObject([{ createdBy: 'vesper', markdown: await board.preview() }]);
      expect(board.slack.calls(method)).toHaveLength(1);
    });

    it.each([
      ['configured', {}],
      ['made by Vesper', WITHOUT],
    ])('whose canvas was deleted gets another one, which stays: %s', async (_name, options) => {
      await begin(options);
      const [old] = shown();
      board.slack.deleteCanvas(old?.id ?? '');
      await board.push('Planning/Actual', 'OK');
      await board.pass('3s');
      const [made, ...others] = shown();
      expect([made?.id === old?.id, others]).toEqual([false, []]);
      await board.restart();
      await board.push('Planning/Actual', 'Warning');
      await board.pass('6s', '500ms');
      expect(shown()).toMatchObject([{ id: made?.id, markdown: await board.preview() }]);
    });

    it('whose canvas could not be seen gets it back once the one that stood in for it is deleted', async () => {
      await begin();
      const configured = CANVAS_OF[MAIN] ?? '';
      board.slack.fault({
        kind: 'platform_error',
        error: 'canvas_not_found',
        canvas: configured,
        method: 'canvases.edit',
        times: Infinity,
      });
      await board.push('Planning/Actual', 'OK');
      await board.pass('3s');
      const made = shown().find(({ createdBy }) => createdBy === 'vesper');
      expect(made?.markdown).toBe(await board.preview());
      board.slack.clearFaults();
      board.slack.deleteCanvas(made?.id ?? '');
      await board.push('Planning/Actual', 'Warning');
      await board.pass('6s', '500ms');
      expect(board.slack.canvas(configured)?.markdown).toBe(await board.preview());
      expect(shown()).toHaveLength(1);
    });

    it('whose canvas was deleted gets another one without any push, at the refresh', async () => {
      await begin();
      board.slack.deleteCanvas(CANVAS_OF[MAIN] ?? '');
      await board.pass('606s', '101s');
      expect(shown()).toMatchObject([{ createdBy: 'vesper', markdown: await board.preview() }]);
    });

    it('with notes of people in its own canvas keeps them, and gets a tab beside it', async () => {
      await begins();
      const notes = board.slack.createCanvas(MAIN, { isChannelCanvas: true, markdown: 'Our notes' });
      await board.push('Planning/Actual', 'OK');
      await board.pass('6s', '500ms');
      expect(board.slack.canvas(notes.id)).toEqual(notes);
      expect(shown()).toMatchObject([{}, { channelCanvasOf: null, markdown: await board.preview() }]);
    });

    it('for which another canvas is configured is shown there at once, whether or not canvases can be read', async () => {
      const scopes = ['chat:write', 'canvases:write'];
      board = await MonitoredBoard.begin({ storage, ...WITHOUT }, { scopes });
      await board.push('Planning/Actual', 'OK');
      await board.settle();
      const { id } = board.slack.createCanvas(MAIN, { id: CANVAS_OF[MAIN] ?? '', by: 'vesper' });
      await board.restart({ appsFile: boardFile() });
      await board.pass('6s', '500ms');
      expect(board.canvas(id).markdown).toBe(await board.preview());
      expect(board.edits(id)).toHaveLength(1);
    });
  });
});
