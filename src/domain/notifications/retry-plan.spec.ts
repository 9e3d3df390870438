import fc from 'fast-check';
import { isGivenUp, retryDelayMs } from './retry-plan';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the wait before the next attempt', () => {
  it('doubles from 1 s to 15 min, half of it random', () => {
    const bounds = [1, 2, 3, 10, 11, 12, 1_000].map((attempts) => [
      retryDelayMs(attempts, 0, null),
      retryDelayMs(attempts, 1 - Number.EPSILON, null),
    ]);
    expect(bounds).toEqual([
      [500, 1_000],
      [1_000, 2_000],
      [2_000, 4_000],
      [256_000, 512_000],
      [450_000, 900_000],
      [450_000, 900_000],
      [450_000, 900_000],
    ]);
  });

  it('is whole, never shorter than asked for and never longer than the plan or what was asked for', () => {
    const attempts = fc.integer({ min: 1, max: 10_000 });
    const asked = fc.option(fc.integer({ min: 0, max: 7_200_000 }));
    fc.assert(
      fc.property(attempts, random, asked, (made, at, askedForMs) => {
        const delay = retryDelayMs(made, at, askedForMs);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(Math.max(500, askedForMs ?? 0));
        expect(delay).toBeLessThanOrEqual(Math.max(900_000, askedForMs ?? 0));
      }),
    );
  });
});

describe('a delivery', () => {
  it('is given up 24 hours after it was first wanted', () => {
    const createdAt = new Date('2026-03-02T17:00:00.000Z');
    expect(isGivenUp(createdAt, new Date('2026-03-03T16:59:59.999Z'))).toBe(false);
    expect(isGivenUp(createdAt, new Date('2026-03-03T17:00:00.000Z'))).toBe(true);
  });
});
