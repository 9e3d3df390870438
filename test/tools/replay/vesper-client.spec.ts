import { retryAfterMs } from './vesper-client';

describe('retryAfterMs', () => {
  const now = Date.parse('2026-01-31T10:00:00Z');

  it.each([
    ['7', 7000],
    ['Sat, 31 Jan 2026 10:00:09 GMT', 9000],
    ['Sat, 31 Jan 2026 09:00:00 GMT', 0],
    ['soon', null],
    ['', null],
    [null, null],
  ])('reads %p as %p ms', (value, ms) => {
    expect(retryAfterMs(value, now)).toBe(ms);
  });
});
