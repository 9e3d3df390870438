import { Slots } from './slots';

const free = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('slots', () => {
  it('are given to so many at a time, then in the order of asking', async () => {
    const slots = new Slots(2);
    const seen: number[] = [];
    const leaves = [await slots.take(free), await slots.take(free)];
    const waiting = [1, 2].map(async (n) => {
      const leave = await slots.take(free);
      seen.push(n);
      return leave;
    });
    await settle();
    expect(seen).toEqual([]);
    leaves[0]?.();
    await settle();
    expect(seen).toEqual([1]);
    (await waiting[0])?.();
    await settle();
    expect(seen).toEqual([1, 2]);
  });

  it('are not waited for by whoever gives up', async () => {
    const slots = new Slots(1);
    const leave = await slots.take(free);
    const giveUp = new AbortController();
    const [impatient, patient] = [slots.take(giveUp.signal), slots.take(free)];
    giveUp.abort();
    expect(await impatient).toBeNull();
    leave?.();
    (await patient)?.();
    expect(await slots.take(giveUp.signal)).toBeNull();
    expect(await slots.take(free)).not.toBeNull();
  });
});
