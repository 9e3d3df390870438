import { FakeClock } from '../../../test/fakes/fake-clock';
import { SlackLane, type Priority, type Turn } from './slack-lane';

describe('SlackLane', () => {
  let clock: FakeClock;
  let lane: SlackLane;
  const never = new AbortController().signal;

  beforeEach(() => {
    clock = new FakeClock();
    lane = new SlackLane(clock, 1_000);
  });

  /** Enters, and notes what was answered at which moment. */
  function enter(notes: string[], name: string, priority: Priority = 'alert', signal = never): Promise<Turn> {
    const turn = lane.enter(priority, signal);
    void turn.then(({ kind }) => notes.push(`${name} ${kind} at ${clock.monotonicMs()}`));
    return turn;
  }

  async function callFor(ms: number, turn: Promise<Turn>): Promise<void> {
    const granted = await turn;
    await clock.sleep(ms);
    if (granted.kind === 'granted') granted.leave();
  }

  it('lets the first in at once, and the next a second after the one before has ended', async () => {
    const notes: string[] = [];
    for (const name of ['a', 'b', 'c']) void callFor(300, enter(notes, name));
    await clock.advance('10s');
    expect(notes).toEqual(['a granted at 0', 'b granted at 1300', 'c granted at 2600']);
  });

  it('lets alerts before tables, and each kind in order', async () => {
    const notes: string[] = [];
    void callFor(0, enter(notes, 'first'));
    await clock.advance('500ms');
    for (const name of ['table 1', 'table 2']) void callFor(0, enter(notes, name, 'table'));
    for (const name of ['alert 1', 'alert 2']) void callFor(0, enter(notes, name));
    await clock.advance('10s');
    expect(notes.map((note) => note.replace(/ granted.*/, ''))).toEqual([
      'first',
      'alert 1',
      'alert 2',
      'table 1',
      'table 2',
    ]);
  });

  it('waits through a short pause', async () => {
    const notes: string[] = [];
    lane.pause(3_000);
    void enter(notes, 'a');
    await clock.advance('2s');
    expect(notes).toEqual([]);
    await clock.advance('2s');
    expect(notes).toEqual(['a granted at 3000']);
  });

  it('sends everybody away for a long pause, those who wait already too', async () => {
    const notes: string[] = [];
    const first = enter(notes, 'first');
    void enter(notes, 'second');
    const granted = await first;
    lane.pause(30_000);
    if (granted.kind === 'granted') granted.leave();
    await clock.advance('1s');
    const third = await lane.enter('alert', never);
    expect(notes).toEqual(['first granted at 0', 'second paused at 0']);
    expect(third).toEqual({ kind: 'paused', forMs: 29_000 });
  });

  it('is not held up by one who gave up', async () => {
    const notes: string[] = [];
    const impatient = new AbortController();
    void callFor(0, enter(notes, 'a'));
    void enter(notes, 'b', 'alert', impatient.signal);
    void callFor(0, enter(notes, 'c'));
    await clock.advance('100ms');
    impatient.abort();
    await clock.advance('5s');
    expect(notes).toEqual(['a granted at 0', 'b aborted at 100', 'c granted at 1000']);
  });

  it('keeps no timer when everybody gave up, and serves who comes then', async () => {
    const notes: string[] = [];
    const impatient = new AbortController();
    void callFor(0, enter(notes, 'a'));
    await clock.advance(0);
    const sleep = jest.spyOn(clock, 'sleep');
    void enter(notes, 'b', 'alert', impatient.signal);
    await clock.advance(0);
    expect(sleep.mock.lastCall?.[1]?.aborted).toBe(false);
    impatient.abort();
    expect(sleep.mock.lastCall?.[1]?.aborted).toBe(true);
    await clock.advance(0);
    void callFor(0, enter(notes, 'c'));
    await clock.advance('3s');
    expect(notes).toEqual(['a granted at 0', 'b aborted at 0', 'c granted at 1000']);
  });

  it('refuses who has given up before', async () => {
    expect(await lane.enter('alert', AbortSignal.abort())).toEqual({ kind: 'aborted' });
  });

  it('lets calls overlap where no spacing is asked for, but not during a pause', async () => {
    lane = new SlackLane(clock, null);
    const notes: string[] = [];
    for (const name of ['a', 'b']) void callFor(1_000, enter(notes, name));
    await clock.advance('100ms');
    lane.pause(400);
    void enter(notes, 'c');
    await clock.advance('5s');
    expect(notes).toEqual(['a granted at 0', 'b granted at 0', 'c granted at 500']);
  });
});
