import fc from 'fast-check';
import { cpuMsFor } from '../../../test/harness/cpu-time';
import { quotaPerMinute, RollingWindow } from './rolling-window';

describe('RollingWindow', () => {
  it('never accepts more than the limit within any window, and refuses no one needlessly', () => {
    const steps = fc.array(fc.nat({ max: 400 }), { maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), steps, (limit, waits) => {
        const window = new RollingWindow({ limit, windowMs: 1_000 });
        const accepted: number[] = [];
        let nowMs = 0;
        for (const wait of waits) {
          nowMs += wait;
          const recent = accepted.filter((at) => at > nowMs - 1_000);
          const expected = recent.length < limit;
          expect(window.tryAccept(nowMs)).toBe(expected);
          if (expected) accepted.push(nowMs);
          expect(window.remaining).toBe(limit - recent.length - (expected ? 1 : 0));
        }
      }),
    );
  });

  it('says in how many seconds one more is accepted', () => {
    const window = new RollingWindow({ limit: 2, windowMs: 60_000 });
    expect(window.resetSeconds(0)).toBe(0);
    window.tryAccept(0);
    window.tryAccept(1_500);
    expect(window.resetSeconds(2_000)).toBe(58);
    expect(window.tryAccept(59_999)).toBe(false);
    expect(window.tryAccept(60_000)).toBe(true);
    expect(window.resetSeconds(60_000)).toBe(2);
  });

  it('takes no longer at a high limit', () => {
    const window = new RollingWindow({ limit: 1_000_000, windowMs: 60_000 });
    const used = cpuMsFor(() => {
      for (let n = 0; n < 200_000; n++) window.tryAccept(n);
    });
    // A scan of what was accepted before would take minutes.
    expect(used).toBeLessThan(2_000);
  });
});

it.each([
  [100, { limit: 100, windowMs: 60_000 }],
  [1, { limit: 1, windowMs: 60_000 }],
  [0.5, { limit: 1, windowMs: 120_000 }],
  [2.5, { limit: 2, windowMs: 48_000 }],
])('turns %d per minute into whole requests of the same rate', (perMinute, quota) => {
  expect(quotaPerMinute(perMinute)).toEqual(quota);
});
