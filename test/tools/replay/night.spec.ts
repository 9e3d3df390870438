import { busiestDate, NightRule } from './night';

const LOS_ANGELES = 'America/Los_Angeles';

describe('NightRule', () => {
  it('cuts a night in local time, start inclusive and end exclusive', () => {
    const rule = new NightRule('00:00', '06:00', LOS_ANGELES);
    const night = rule.nightOf('1993-10-12');
    expect(night.startAt.toISOString()).toBe('1993-10-12T07:00:00.000Z');
    expect(night.endAt.toISOString()).toBe('1993-10-12T13:00:00.000Z');
    expect(rule.findNight(night.startAt)).toBe(night);
    expect(rule.findNight(new Date(night.endAt.getTime() - 1))).toBe(night);
    expect(rule.findNight(night.endAt)).toBeNull();
  });

  it('is an hour longer in the night the clocks go back', () => {
    const night = new NightRule('00:00', '06:00', LOS_ANGELES).nightOf('1993-10-31');
    expect(night.endAt.getTime() - night.startAt.getTime()).toBe(7 * 3_600_000);
  });

  it('crosses midnight and belongs to the date on which it starts', () => {
    const rule = new NightRule('22:00', '04:00', 'UTC');
    expect(rule.findNight(new Date('1994-01-01T03:59:59Z'))?.date).toBe('1993-12-31');
    expect(rule.findNight(new Date('1994-01-01T22:00:00Z'))?.date).toBe('1994-01-01');
    expect(rule.findNight(new Date('1994-01-01T12:00:00Z'))).toBeNull();
  });
});

describe('busiestDate', () => {
  it('answers the date with the most jobs, the earliest of equals, null without any', () => {
    const counts = new Map([
      ['1993-10-03', 7],
      ['1993-10-02', 7],
      ['1993-10-01', 1],
    ]);
    expect(busiestDate(counts)).toBe('1993-10-02');
    expect(busiestDate(new Map())).toBeNull();
  });
});
