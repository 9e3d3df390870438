import type { Clock } from './clock';
import { ChangedConcurrently } from './errors';
import { retryOnConflict } from './retry-on-conflict';

/** Waits take no time and are written down. */
function clockThatNotes(waits: number[]): Clock {
  return {
    now: () => new Date(0),
    monotonicMs: () => 0,
    sleep: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  };
}

/** Fails `times` times with `error`, then answers how often it was tried. */
function failing(times: number, error: Error): () => Promise<number> {
  let tried = 0;
  return () => {
    tried++;
    return tried <= times ? Promise.reject(error) : Promise.resolve(tried);
  };
}

const CONFLICT = new ChangedConcurrently('Scheduler x');

describe('a decision that met a conflict', () => {
  it('is not waited for when there is none', async () => {
    const waits: number[] = [];
    expect(await retryOnConflict(clockThatNotes(waits), failing(0, CONFLICT))).toBe(1);
    expect(waits).toEqual([]);
  });

  it('is made again after a short wait, until it succeeds', async () => {
    const waits: number[] = [];
    expect(await retryOnConflict(clockThatNotes(waits), failing(11, CONFLICT))).toBe(12);
    expect(waits).toHaveLength(11);
    waits.forEach((ms, index) => {
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(Math.min(200, 2 ** (index + 1)));
    });
  });

  it('is given up after twelve attempts', async () => {
    await expect(retryOnConflict(clockThatNotes([]), failing(12, CONFLICT))).rejects.toBe(CONFLICT);
  });

  it('is not made again for any other error', async () => {
    const waits: number[] = [];
    const error = new Error('disk full');
    await expect(retryOnConflict(clockThatNotes(waits), failing(1, error))).rejects.toBe(error);
    expect(waits).toEqual([]);
  });

  it('is not begun again after four seconds', async () => {
    let ms = 0;
    const clock = { ...clockThatNotes([]), monotonicMs: () => ms };
    let tried = 0;
    const slow = async () => {
      tried += 1;
      ms += 1_500;
      throw CONFLICT;
    };
    await expect(retryOnConflict(clock, slow)).rejects.toBe(CONFLICT);
    expect(tried).toBe(3);
  });
});
