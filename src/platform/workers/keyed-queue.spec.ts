import { KeyedQueue } from './keyed-queue';

describe('KeyedQueue', () => {
  it('lets work of one key wait for the work before it, also when that fails', async () => {
    const queue = new KeyedQueue();
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
    const queue = new KeyedQueue();
    void queue.run('a', () => new Promise(() => {}));
    await expect(queue.run('b', async () => 'done')).resolves.toBe('done');
  });
});
