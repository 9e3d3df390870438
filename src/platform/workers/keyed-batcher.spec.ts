import { FakeClock } from '../../../test/fakes/fake-clock';
import { StorageUnavailable } from '../../domain/shared/errors';
import { KeyedBatcher, type Outcome } from './keyed-batcher';
import { KeyedQueue } from './keyed-queue';

type Work = (items: readonly string[]) => readonly Outcome<string>[];

const done: Work = (items) => items.map((item) => ({ value: `${item} done` }));

describe('KeyedBatcher', () => {
  let clock: FakeClock;
  let queue: KeyedQueue;
  let turns: string[];
  let work: Work;
  let takesMs: number;
  let batcher: KeyedBatcher<string, string>;

  beforeEach(() => {
    clock = new FakeClock();
    queue = new KeyedQueue(clock);
    turns = [];
    work = done;
    takesMs = 1;
    batcher = new KeyedBatcher({
      queue,
      most: 3,
      work: async (key, items) => {
        turns.push(`${key}: ${items.join(' ')}`);
        await clock.sleep(takesMs);
        return work(items);
      },
    });
  });

  const join = (...items: readonly string[]) =>
    Promise.allSettled(items.map((item) => batcher.join('k', item)));
  /** What became of each. */
  async function after(ms: number, joined: ReturnType<typeof join>): Promise<readonly unknown[]> {
    await clock.advance(ms);
    return (await joined).map((one) => (one.status === 'fulfilled' ? one.value : one.reason));
  }

  it('works together on what waits for the same turn, and on no more than it may', async () => {
    const all = ['a', 'b', 'c', 'd', 'e'];
    expect(await after(10, join(...all))).toEqual(all.map((item) => `${item} done`));
    expect(turns).toEqual(['k: a', 'k: b c d', 'k: e']);
  });

  it('does not let keys wait for each other', async () => {
    const others = [batcher.join('k', 'a'), batcher.join('l', 'b')];
    expect(turns).toEqual(['k: a', 'l: b']);
    await clock.advance(1);
    await expect(Promise.all(others)).resolves.toEqual(['a done', 'b done']);
  });

  it('takes its turns among other work of the key', async () => {
    const joined = join('a', 'b');
    const other = queue.run('k', async () => void turns.push('other'));
    const later = join('c');
    await after(10, joined);
    await Promise.all([other, later]);
    expect(turns).toEqual(['k: a', 'k: b c', 'other']);
  });

  it('gives what is left over of a turn another one, before those who came since', async () => {
    work = (items) => done(items.slice(0, 1));
    const joined = join('a', 'b', 'c');
    await clock.advance(1);
    const late = join('d');
    await after(10, joined);
    expect(await after(10, late)).toEqual(['d done']);
    expect(turns).toEqual(['k: a', 'k: b c', 'k: c d', 'k: d']);
  });

  it('tells each what became of it', async () => {
    work = (items) => items.map((item) => (item === 'b' ? { error: 'no b' } : { value: item }));
    expect(await after(10, join('a', 'b', 'c'))).toEqual(['a', 'no b', 'c']);
  });

  it('tells only those of a turn that the turn failed', async () => {
    const fault = new Error('scripted');
    work = (items) => {
      if (items.includes('b')) throw fault;
      return done(items);
    };
    expect(await after(10, join('a', 'b', 'c', 'd', 'e'))).toEqual(['a done', fault, fault, fault, 'e done']);
  });

  it('tells all who wait when what the work needs is away, and goes on with those who come then', async () => {
    const away = new StorageUnavailable('away');
    takesMs = 4_000;
    work = () => {
      throw away;
    };
    expect(await after(4_000, join('a', 'b', 'c', 'd', 'e', 'f'))).toEqual(
      Array.from({ length: 6 }, () => away),
    );
    expect(turns).toEqual(['k: a']);
    work = done;
    expect(await after(4_000, join('g'))).toEqual(['g done']);
  });

  it('tells all who wait when their turn comes too late, and goes on with those who come then', async () => {
    void queue.run('k', () => clock.sleep(4_500));
    const joined = join('a', 'b');
    expect(await after(4_500, joined)).toEqual([
      expect.any(StorageUnavailable),
      expect.any(StorageUnavailable),
    ]);
    expect(await after(10, join('c'))).toEqual(['c done']);
    expect(turns).toEqual(['k: c']);
  });
});
