import fc from 'fast-check';
import { compareUtf8 } from './page';

describe('the order of lists', () => {
  it('is that of the UTF-8 bytes for any two texts', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom('a', 'b', '\u{D7FF}', '\u{E000}', '\u{FFFF}', '\u{10000}', '\u{10FFFF}'),
      }),
    );
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not that of UTF-16: an emoji comes after the last character of the basic plane', () => {
    const texts = ['🌙', '\uFF5E', '\uE000', 'z', '夜', ''];
    expect([...texts].sort(compareUtf8)).toEqual(['', 'z', '夜', '\uE000', '\uFF5E', '🌙']);
  });
});
