import { Turns } from './turns';

/** Work that ends when it is told to, and tells the order of its begins. */
class Work {
  readonly begun: string[] = [];
  private readonly endings: (() => void)[] = [];

  readonly named = (name: string) => () => {
    this.begun.push(name);
    return new Promise<void>((resolve) => this.endings.push(resolve));
  };

  async endOne(): Promise<void> {
    this.endings.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('taking turns', () => {
  const setUp = () => ({ turns: new Turns(), work: new Work() });

  it('lets different keys go on side by side', () => {
    const { turns, work } = setUp();
    turns.kick('a', work.named('a1'));
    turns.kick('b', work.named('b1'));
    expect(work.begun).toEqual(['a1', 'b1']);
  });

  it('gives a key that was asked for meanwhile one more turn, with what was asked last', async () => {
    const { turns, work } = setUp();
    for (const name of ['a1', 'a2', 'a3']) turns.kick('a', work.named(name));
    await work.endOne();
    await work.endOne();
    expect(work.begun).toEqual(['a1', 'a3']);
    await turns.whenIdle();
  });

  it('waits for the turns that follow, too', async () => {
    const { turns, work } = setUp();
    turns.kick('a', work.named('a1'));
    turns.kick('a', work.named('a2'));
    let idle = false;
    const waiting = turns.whenIdle().then(() => (idle = true));
    await work.endOne();
    expect(idle).toBe(false);
    await work.endOne();
    await waiting;
  });

  it('lets what is under way finish at a stop, and begins nothing more', async () => {
    const { turns, work } = setUp();
    turns.kick('a', work.named('a1'));
    turns.kick('a', work.named('a2'));
    const stopped = turns.stop();
    expect(turns.signal.aborted).toBe(true);
    turns.kick('b', work.named('b1'));
    await work.endOne();
    await stopped;
    expect(work.begun).toEqual(['a1']);
  });
});
