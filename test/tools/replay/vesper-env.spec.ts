import { MINUTE } from './a-night';
import { vesperEnv } from './vesper-env';

describe('vesperEnv', () => {
  const night = { nightMs: 360 * MINUTE, speed: 60, staleMs: 10 * MINUTE };

  it('opens a window at the next full minute and closes it when the replay ends', () => {
    const { startAt, variables } = vesperEnv(new Date('2026-01-31T10:11:12.345Z'), night);
    expect(startAt).toEqual(new Date('2026-01-31T10:12:00.000Z'));
    expect(Object.fromEntries(variables)).toEqual({
      EOD_TIMEZONE: 'UTC',
      EOD_WINDOW_START: '10:12',
      EOD_WINDOW_END: '10:18',
      EOD_UPDATE_INTERVAL_MINUTES: '1',
      STALE_TIMEOUT_MINUTES: '0.166667',
      STALE_SCAN_INTERVAL_MINUTES: '0.0833333',
      STALE_SCAN: 'window',
      RATE_LIMIT_PER_MINUTE: '0',
    });
  });

  it('lets the window cross midnight', () => {
    const { variables } = vesperEnv(new Date('2026-01-31T23:57:00.000Z'), { ...night, speed: 100 });
    expect(Object.fromEntries(variables)).toMatchObject({
      EOD_WINDOW_START: '23:58',
      EOD_WINDOW_END: '00:02',
    });
  });

  it('refuses a replay of a day or more', () => {
    expect(() => vesperEnv(new Date(), { ...night, speed: 0.1 })).toThrow(RangeError);
  });
});
