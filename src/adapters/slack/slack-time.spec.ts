import { formatDate, formatDuration, formatInstant, formatSpan, formatTimeNear } from './slack-time';

const at = new Date('2026-03-02T17:41:00Z');

describe('formatInstant', () => {
  it.each([
    ['Asia/Jakarta', '2026-03-03 00:41 WIB'],
    ['Europe/Berlin', '2026-03-02 18:41 CET'],
    ['America/New_York', '2026-03-02 12:41 EST'],
    ['Asia/Tokyo', '2026-03-03 02:41 JST'],
    ['UTC', '2026-03-02 17:41 UTC'],
    ['Asia/Kathmandu', '2026-03-02 23:26 UTC+5:45'],
    ['No/Such_Zone', '2026-03-02 17:41 UTC'],
  ])('says the time as people in %s do', (timeZone, text) => {
    expect(formatInstant(at, timeZone)).toBe(text);
  });

  it('knows summer time', () => {
    expect(formatInstant(new Date('2026-07-01T10:00:00Z'), 'Europe/Berlin')).toBe('2026-07-01 12:00 CEST');
  });

  it('says midnight as 00:00', () => {
    expect(formatInstant(new Date('2026-03-02T17:00:00Z'), 'Asia/Jakarta')).toBe('2026-03-03 00:00 WIB');
  });
});

describe('the other forms', () => {
  it('names the date only where it is another', () => {
    expect(formatTimeNear(at, 'Asia/Jakarta', '2026-03-03')).toBe('00:41');
    expect(formatTimeNear(at, 'Asia/Jakarta', '2026-03-02')).toBe('3 Mar 00:41');
  });

  it('write dates and spans', () => {
    expect(formatDate('2026-03-03')).toBe('Tue 2026-03-03');
    expect(formatSpan(at, new Date('2026-03-02T23:00:00Z'), 'Asia/Jakarta')).toBe('00:41–06:00 WIB');
  });
});

describe('formatDuration', () => {
  it.each([
    [-5, '0 ms'],
    [350, '350 ms'],
    [15_000, '15.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 m 00 s'],
    [125_000, '2 m 05 s'],
    [3_599_600, '1 h 00 m'],
    [4_320_000, '1 h 12 m'],
    [47.99 * 3_600_000, '47 h 59 m'],
    [76 * 3_600_000, '3 d 04 h'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
