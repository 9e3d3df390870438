import fc from 'fast-check';
import { backOffMs } from './back-off';

const PAUSES = { firstMs: 2_000, longestMs: 60_000 };

describe('the pause after failures in a row', () => {
  it('doubles from the first one to the longest', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7].map((failures) => backOffMs(failures, PAUSES));
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('is the longest, however many failures there were', () => {
    for (const failures of [1_001, 1_025, 2_000, Number.MAX_SAFE_INTEGER])
      expect(backOffMs(failures, PAUSES)).toBe(60_000);
  });

  it('stays none where the first one is none', () => {
    expect(backOffMs(2_000, { firstMs: 0, longestMs: 60_000 })).toBe(0);
  });

  it('is never above the longest, nor shorter than after one failure less', () => {
    const ms = fc.integer({ min: 0, max: 86_400_000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), ms, ms, (failures, firstMs, longestMs) => {
        const pause = backOffMs(failures + 1, { firstMs, longestMs });
        expect(pause).toBeLessThanOrEqual(longestMs);
        expect(pause).toBeGreaterThanOrEqual(backOffMs(failures, { firstMs, longestMs }));
      }),
    );
  });
});
