import { FakeClock } from '../../../test/fakes/fake-clock';
import type { MessageReference } from './delivery';
import { withdrawDouble } from './rival-message';

const OURS = 'C1:ours';
const THEIRS = 'C1:theirs';

describe('a message that was posted when the right to do so had passed on', () => {
  let clock: FakeClock;
  let withdrawals: AbortSignal[];

  beforeEach(() => {
    clock = new FakeClock();
    withdrawals = [];
  });

  /** @param stands what is written down, look by look */
  const meet = (
    stands: readonly (MessageReference | null)[],
    answer: (signal: AbortSignal) => Promise<void> = () => Promise.resolve(),
  ) => {
    let look = 0;
    const findTheirs = () => Promise.resolve(stands[look++] ?? null);
    return withdrawDouble(OURS, clock, findTheirs, (signal) => {
      withdrawals.push(signal);
      return answer(signal);
    });
  };

  it('is taken back when another one stands', async () => {
    await meet([THEIRS]);
    expect(withdrawals).toHaveLength(1);
  });

  it('stays when it is the one that counts', async () => {
    await meet([OURS]);
    expect(withdrawals).toEqual([]);
  });

  it('is taken back when the other one comes a little later', async () => {
    const done = meet([null, null, null, null, null, THEIRS]);
    await clock.advance('15s');
    await done;
    expect(withdrawals).toHaveLength(1);
  });

  it('stays when no other one comes', async () => {
    const done = meet([]);
    await clock.advance('15s');
    await done;
    expect(withdrawals).toEqual([]);
  });

  it('is not waited for longer than 15 s', async () => {
    const untilAborted = (signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    const done = meet([THEIRS], untilAborted);
    await clock.advance('14.9s');
    expect(withdrawals.map(({ aborted }) => aborted)).toEqual([false]);
    await clock.advance('0.1s');
    await done;
    expect(withdrawals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});
