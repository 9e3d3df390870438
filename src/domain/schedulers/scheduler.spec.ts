import fc from 'fast-check';
import { aScheduler } from '../../../test/builders/a-scheduler';
import { compareUtf8 } from '../shared/page';
import { listSortKey } from './scheduler';

function keyOf(serviceName: string, jobName: string, schedulerId = 'id'): string {
  return listSortKey(aScheduler(schedulerId).with({ serviceName, jobName }).build());
}

describe('the key by which schedulers are listed', () => {
  it('orders by service, then job, then id', () => {
    const name = fc
      .string({
        unit: fc.constantFrom('a', 'b', ' ', '~', 'é', '\uE000', '\uFF5E', '🌙'),
        minLength: 1,
        maxLength: 4,
      })
      .filter((text) => text.trim() !== '');
    const parts = fc.tuple(name, name, fc.constantFrom('a', 'a.1', 'b'));
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const byParts =
          one.map((part, n) => compareUtf8(part, other[n] ?? '')).find((order) => order !== 0) ?? 0;
        expect(Math.sign(compareUtf8(keyOf(...one), keyOf(...other)))).toBe(Math.sign(byParts));
      }),
      { numRuns: 500 },
    );
  });

  it('stays within 1,024 bytes for the longest names, and tells schedulers apart whose names begin alike', () => {
    const longest = '🌙'.repeat(255);
    for (const name of [longest, 'x'.repeat(255), `${'x'.repeat(254)}é`]) {
      expect(Buffer.byteLength(keyOf(name, name, 'i'.repeat(255)))).toBeLessThanOrEqual(1_024);
    }
    expect(keyOf(longest, longest, 'a')).not.toBe(keyOf(`${longest.slice(0, -2)}x`, longest, 'b'));
    expect(keyOf('x'.repeat(255), 'job')).not.toBe(keyOf(`${'x'.repeat(254)}y`, 'job'));
  });
});
