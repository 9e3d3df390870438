import { FakeClock } from '../../../test/fakes/fake-clock';
import { StorageUnavailable } from '../../domain/shared/errors';
import { KeyedQueue } from './keyed-queue';

describe('KeyedQueue', () => {
  it('lets work of one key wait for the work before it, also when that fails', async () => {
    const queue = new KeyedQueue(new FakeClock());
    const order: string[] = [];
    const step =
      (name: string, fails = false) =>
      async () => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const results = await Promise.allSettled([
      queue.run('k', step('one', true)),
      queue.run('k', step('two')),
      queue.run('k', step('three')),
    ]);
    expect(order).toEqual(['one begins', 'one ends', 'two begins', 'two ends', 'three begins', 'three ends']);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  });

  it('does not let different keys wait for each other', async () => {
    const queue = new KeyedQueue(new FakeClock());
    void queue.run('a', () => new Promise(() => {}));
    await expect(queue.run('b', async () => 'done')).resolves.toBe('done');
  });

  it('does not begin what has waited for four seconds, and tells so at once when its turn comes', async () => {
    const clock = new FakeClock();
    const queue = new KeyedQueue(clock);
    const turns: string[] = [];
    // As long as a call takes to a storage that is away.
    const turn = (name: string) => () => clock.sleep(4_500).then(() => void turns.push(name));
    const early = Promise.allSettled(['first', 'second', 'third'].map((name) => queue.run('k', turn(name))));
    await clock.advance('4s');
    const late = queue.run('k', turn('late'));
    await clock.advance('5s');
    expect((await early).map((result) => (result.status === 'rejected' ? result.reason : null))).toEqual([
      null,
      expect.any(StorageUnavailable),
      expect.any(StorageUnavailable),
    ]);
    await expect(late).resolves.toBeUndefined();
    expect(turns).toEqual(['first', 'late']);
  });
});
