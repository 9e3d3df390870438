import { FakeClock } from '../fakes/fake-clock';
import { letTimePass } from '../harness/let-time-pass';
import {
  boardFile,
  CANVAS_OF,
  holdAfter,
  holdBefore,
  MAIN,
  MonitoredBoard,
  SIDE,
  type Held,
} from '../harness/monitored-board';
import type { Vesper } from '../harness/vesper';

const DEBOUNCE_MS = 2_000;
/** A lease of a canvas runs out after this. */
const LEASE = '10s';

jest.setTimeout(120_000);

/** A folder has one process; so these are about DynamoDB. */
describe('canvases of several instances', () => {
  let board: MonitoredBoard;
  let first: Vesper;
  let second: Vesper;
  /** The second's own: it goes on while the first is paused or dead. */
  let secondClock: FakeClock;

  const begin = async (options: Parameters<typeof MonitoredBoard.begin>[0] = {}) => {
    board = await MonitoredBoard.begin({ storage: 'dynamodb', ...options });
    first = board.vesper;
    await board.settle();
    secondClock = new FakeClock(board.clock.now());
    second = await board.anotherInstance({ clock: secondClock });
    await board.run(second);
    await letBothPass('10s');
  };

  const letBothPass = async (duration: string, step = duration) => {
    await board.clock.advance(step);
    await secondClock.advance(step);
  };

  /** Both have their turns, side by side. */
  const passWithBoth = async (steps: number) => {
    for (let step = 0; step < steps; step++) {
      await letBothPass('200ms');
      await Promise.all([board.run(first), board.run(second)]);
    }
  };

  /** Only the second one goes on. */
  const passWithSecond = async (steps: number, step = '1s') => {
    for (let n = 0; n < steps; n++) {
      await secondClock.advance(step);
      await board.run(second);
    }
  };

  const texts = () => board.edits().map(({ markdown }) => markdown);
  const doubled = () => texts().filter((text, index) => text === texts()[index - 1]);

  afterEach(async () => {
    jest.restoreAllMocks();
    await board.end();
  });

  it('show every push, and write no state twice', async () => {
    await begin();
    const cells = ['Planning/Actual', 'Planning/Budget', 'FCCS/Consolidation'];
    for (let round = 0; round < 30; round++) {
      const [one = '', other = ''] = [cells[round % 3], cells[(round + 1) % 3]];
      // Of one app or of two; whoever comes second to one app tries again.
      const pushes = Promise.all([
        board.push(one, 'OK', { job_id: `ONE-${round}` }, first),
        board.push(other, 'Warning', { job_id: `OTHER-${round}` }, second),
      ]);
      await Promise.all([letTimePass(board.clock, pushes), letTimePass(secondClock, pushes)]);
      await passWithBoth(4);
    }
    await passWithBoth(15);
    expect(board.canvas().markdown).toContain('ONE-29');
    expect(board.canvas().markdown).toContain('OTHER-29');
    expect(board.canvas().markdown).toBe(await board.preview(MAIN, second));
    expect(doubled()).toEqual([]);
    expect(texts().length).toBeGreaterThan(5);
  });

  it('write a canvas once at their starts, and make one where there is none', async () => {
    board = await MonitoredBoard.begin({
      storage: 'dynamodb',
      appsFile: boardFile({ [SIDE]: CANVAS_OF[SIDE] ?? '' }),
    });
    [first, second] = [board.vesper, await board.anotherInstance()];
    for (let step = 0; step < 30; step++) {
      await Promise.all([board.run(first), board.run(second)]);
      await board.clock.advance('200ms');
    }
    expect(board.slack.canvases(MAIN)).toMatchObject([{ revision: 1 }]);
    expect(board.edits(CANVAS_OF[SIDE])).toHaveLength(1);
  });

  it('share the pause between two edits', async () => {
    await begin();
    const before = texts().length;
    for (let n = 0; n < 20; n++) {
      await board.push('Planning/Actual', 'OK', { job_id: `LOAD-${n}` }, n % 2 === 0 ? first : second);
      await passWithBoth(2);
    }
    const instants = board
      .edits()
      .slice(before)
      .map(({ at }) => at);
    const gaps = instants.slice(1).map((at, index) => at - (instants[index] ?? 0));
    expect(gaps.length).toBeGreaterThan(2);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(DEBOUNCE_MS);
  });

  it('tell an age once, whichever of them refreshes it', async () => {
    await begin();
    await board.push('Planning/Actual', 'Loading', {}, first);
    const before = texts().length;
    for (let step = 0; step < 60; step++) {
      await letBothPass('5s');
      await Promise.all([board.run(first), board.run(second)]);
    }
    expect(doubled()).toEqual([]);
    expect(texts().length - before).toBeLessThanOrEqual(7);
    expect(board.canvas().markdown).toContain('| 4\u00a0min |');
  });

  it('show a push that was made to one without workers', async () => {
    board = await MonitoredBoard.begin({ storage: 'dynamodb' });
    first = board.vesper;
    await board.settle();
    second = await board.anotherInstance({ environment: { WORKERS: 'none' }, startsWorkers: true });
    expect(await board.push('Planning/Actual', 'Loading', {}, second)).toMatchObject({
      canvas_updated: true,
    });
    await board.pass('5s', '200ms', first);
    expect(board.canvas().markdown).toContain('🟡 Loading');
  });

  it('show what one was told that was killed in the middle of its edit', async () => {
    await begin();
    const edit = holdBefore(first.foundations.slack.canvases, 'write');
    await board.push('Planning/Actual', 'Loading', {}, first);
    const dying = board.run(first);
    await edit.reached;
    await passWithSecond(15);
    expect(board.canvas().markdown).toContain('🟡 Loading');
    expect(doubled()).toEqual([]);
    edit.release();
    await dying;
  });

  it('show what one was told that was killed between its edit and the mark, once more at most', async () => {
    await begin();
    const edit = holdAfter(first.foundations.slack.canvases, 'write');
    await board.push('Planning/Actual', 'Loading', {}, first);
    const dying = board.run(first);
    await edit.reached;
    const { revision } = board.canvas();
    await board.push('Planning/Budget', 'OK', {}, second);
    await passWithSecond(30);
    expect(board.canvas().markdown).toContain('🟡 1 loading · 🟢 1 OK');
    expect(board.canvas().revision).toBe(revision + 1);
    edit.release();
    await dying;
  });

  describe('one of which is paused for longer than its lease', () => {
    /** The first one is about to write `Loading` and gets no further; meanwhile the second one writes `Warning`. */
    const overtake = async (holdFirst: () => Held) => {
      await begin();
      await board.push('Planning/Actual', 'Loading', {}, first);
      const held = holdFirst();
      const paused = board.run(first);
      await held.reached;
      await secondClock.advance(LEASE);
      await board.push('Planning/Actual', 'Warning', {}, second);
      await board.run(second);
      expect(board.canvas().markdown).toContain('**Warning**');
      board.clock.suspend(LEASE);
      held.release();
      await paused;
    };
    /** The right to write was still there when the request left. */
    const edit = () => holdBefore(globalThis, 'fetch');

    it('between reading and writing: the older state is not sent', async () => {
      await overtake(() => holdAfter(first.foundations.store.board, 'findApps'));
      expect(texts().filter((text) => text.includes('🟡 Loading'))).toEqual([]);
      await passWithBoth(30);
      expect(board.canvas().markdown).toContain('**Warning**');
      expect(doubled()).toEqual([]);
    });

    it('between making the request and sending it: the older state is not sent', async () => {
      await overtake(() => holdBefore(first.foundations.slack.canvases, 'write'));
      expect(texts().filter((text) => text.includes('🟡 Loading'))).toEqual([]);
      await passWithBoth(30);
      expect(board.canvas().markdown).toContain('**Warning**');
      expect(doubled()).toEqual([]);
    });

    it('on its way to Slack: it sees that it wrote over a newer state, and repairs that', async () => {
      await overtake(edit);
      expect(board.canvas().markdown).toContain('🟡 Loading');
      for (let step = 0; step < 10; step++) {
        await board.clock.advance('1s');
        await board.run(first);
      }
      expect(board.canvas().markdown).toContain('**Warning**');
    });

    it('on its way to Slack, and dies then: the other one repairs it at the refresh', async () => {
      await overtake(edit);
      expect(board.canvas().markdown).toContain('🟡 Loading');
      await passWithSecond(101, '6s');
      expect(board.canvas().markdown).toContain('**Warning**');
    });
  });
});
