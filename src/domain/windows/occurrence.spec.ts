import fc from 'fast-check';
import { DateTime } from 'luxon';
import { aWindow } from '../../../test/builders/a-window';
import type { EodWindow } from './eod-window';
import {
  nextOccurrence,
  occurrenceOn,
  occurrencesInPlay,
  openOccurrence,
  SUMMARY_GRACE_MS,
} from './occurrence';

/** Zones whose clocks do odd things (jump by half an hour, at midnight, over a whole day, or never), and dates on which they do. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  'America/New_York': ['2026-03-08', '2026-11-01'],
  'Europe/Berlin': ['2026-03-29', '2026-10-25'],
  'Australia/Lord_Howe': ['2026-04-05', '2026-10-04'],
  'Asia/Jakarta': ['2026-12-31'],
  'Pacific/Apia': ['2011-12-29', '2011-12-31', '2020-09-27', '2021-04-04'],
  'America/Havana': ['2025-11-02', '2026-03-08', '2026-11-01'],
  'Asia/Beirut': ['2026-03-29', '2026-10-24', '2026-10-25'],
  UTC: ['2024-02-29'],
};

const minuteOfDay = fc.integer({ min: 0, max: 1_439 });
const smallHours = fc.integer({ min: 0, max: 210 });
const time = fc
  .oneof(smallHours, minuteOfDay)
  .map((minute) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`);

/** A window and a date of its zone near a change of the clock. */
const windowAndDate = fc.constantFrom(...Object.entries(CHANGES)).chain(([timeZone, dates]) => {
  const near = fc.tuple(fc.constantFrom(...dates), fc.integer({ min: -2, max: 2 }));
  return fc.record({
    window: fc.record({ start: time, end: time }).map((times) => aWindow({ timeZone, ...times })),
    date: near.map(([date, days]) => localDay(date, timeZone).plus({ days }).toISODate() ?? ''),
  });
});

function localDay(date: string, zone: string): DateTime {
  return DateTime.fromISO(date, { zone }).startOf('day');
}

function local(instant: Date, window: EodWindow): string {
  return DateTime.fromJSDate(instant, { zone: window.timeZone }).toFormat("yyyy-MM-dd'T'HH:mm");
}

function hours(window: EodWindow, date: string): readonly string[] {
  const { startsAt, endsAt } = occurrenceOn(window, date);
  return [startsAt.toISOString(), endsAt.toISOString()].map((instant) => instant.slice(0, 16));
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

describe('an occurrence', () => {
  it('lies on its business date by the clock of its zone', () => {
    expect(occurrenceOn(aWindow(), '2026-03-03')).toEqual({
      businessDate: '2026-03-03',
      startsAt: new Date('2026-03-02T17:00:00.000Z'),
      endsAt: new Date('2026-03-02T23:00:00.000Z'),
    });
  });

  it('ends on the next day when it crosses midnight, or lasts the whole day', () => {
    const over = aWindow({ timeZone: 'UTC', start: '22:30', end: '05:15' });
    expect(hours(over, '2026-12-31')).toEqual(['2026-12-31T22:30', '2027-01-01T05:15']);
    const whole = aWindow({ timeZone: 'UTC', start: '06:00', end: '06:00' });
    expect(hours(whole, '2026-03-02')).toEqual(['2026-03-02T06:00', '2026-03-03T06:00']);
  });

  it('is shorter or longer by what the clock jumps', () => {
    const window = aWindow({ timeZone: 'America/New_York', start: '00:00', end: '06:00' });
    expect(hours(window, '2026-03-08')).toEqual(['2026-03-08T05:00', '2026-03-08T10:00']);
    expect(hours(window, '2026-11-01')).toEqual(['2026-11-01T04:00', '2026-11-01T11:00']);
  });

  it('counts a skipped time as much later as the clock jumps', () => {
    const newYork = aWindow({ timeZone: 'America/New_York', start: '02:30', end: '06:00' });
    expect(hours(newYork, '2026-03-08')).toEqual(['2026-03-08T07:30', '2026-03-08T10:00']);
    const lordHowe = aWindow({ timeZone: 'Australia/Lord_Howe', start: '02:15', end: '06:00' });
    expect(local(occurrenceOn(lordHowe, '2026-10-04').startsAt, lordHowe)).toBe('2026-10-04T02:45');
  });

  it('keeps its length when the clock skips its start and not its end', () => {
    const window = aWindow({ timeZone: 'America/New_York', start: '02:30', end: '03:15' });
    expect(hours(window, '2026-03-08')).toEqual(['2026-03-08T07:30', '2026-03-08T08:15']);
  });

  it('takes the first of a time that comes twice, whenever it is asked', () => {
    const berlin = aWindow({ timeZone: 'Europe/Berlin', start: '02:30', end: '03:30' });
    expect(hours(berlin, '2026-10-25')).toEqual(['2026-10-25T00:30', '2026-10-25T02:30']);
    const havana = aWindow({ timeZone: 'America/Havana', start: '00:30', end: '06:00' });
    expect(hours(havana, '2025-11-02')).toEqual(['2025-11-02T04:30', '2025-11-02T11:00']);
    expect(hours(havana, '2026-11-01')).toEqual(['2026-11-01T04:30', '2026-11-01T11:00']);
  });

  it('starts on its date at its time, or as much later as the clock jumps, and ends after it starts', () => {
    fc.assert(
      fc.property(windowAndDate, ({ window, date }) => {
        const { businessDate, startsAt, endsAt } = occurrenceOn(window, date);
        expect(businessDate).toBe(date);
        const wanted = `${date}T${two(window.start.hour)}:${two(window.start.minute)}`;
        const skippedMinutes = DateTime.fromISO(local(startsAt, window))
          .diff(DateTime.fromISO(wanted))
          .as('minutes');
        expect([0, 30, 60]).toContain(skippedMinutes);
        expect(startsAt.getTime()).toBeLessThan(endsAt.getTime());
        // A day, an hour gained, and the day that Apia lost.
        expect(endsAt.getTime() - startsAt.getTime()).toBeLessThanOrEqual(25 * 3_600_000);
      }),
      { numRuns: 300 },
    );
  });

  it('follows without a gap on the one before when the window lasts the whole day', () => {
    fc.assert(
      fc.property(windowAndDate, ({ window, date }) => {
        const whole = { ...window, end: window.start };
        const today = occurrenceOn(whole, date);
        const next = localDay(date, window.timeZone).plus({ days: 1 }).toISODate() ?? '';
        expect(today.endsAt).toEqual(occurrenceOn(whole, next).startsAt);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the occurrences at an instant', () => {
  it('are in play until the grace is over also when a whole day was skipped meanwhile', () => {
    const window = aWindow({ timeZone: 'Pacific/Apia', start: '18:00', end: '18:00' });
    const occurrence = occurrenceOn(window, '2011-12-29');
    const graceEnd = new Date(occurrence.endsAt.getTime() + SUMMARY_GRACE_MS);
    expect(occurrencesInPlay(window, graceEnd)).toContainEqual(occurrence);
  });

  it('are open from the start until just before the end, and in play until the grace is over', () => {
    fc.assert(
      fc.property(
        windowAndDate,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        ({ window, date }, part) => {
          const occurrence = occurrenceOn(window, date);
          const { startsAt, endsAt } = occurrence;
          const lengthMs = endsAt.getTime() - startsAt.getTime();
          const during = new Date(startsAt.getTime() + Math.floor(lengthMs * part));
          for (const now of [startsAt, during, new Date(endsAt.getTime() - 1)]) {
            expect(openOccurrence(window, now)).toEqual(occurrence);
            expect(occurrencesInPlay(window, now)).toContainEqual(occurrence);
          }
          const graceEnd = new Date(endsAt.getTime() + SUMMARY_GRACE_MS);
          for (const now of [endsAt, graceEnd])
            expect(occurrencesInPlay(window, now)).toContainEqual(occurrence);
          for (const now of [new Date(startsAt.getTime() - 1), new Date(graceEnd.getTime() + 1)]) {
            expect(occurrencesInPlay(window, now)).not.toContainEqual(occurrence);
            expect(openOccurrence(window, now)?.businessDate).not.toBe(date);
          }
          expect(openOccurrence(window, endsAt)?.businessDate).not.toBe(date);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are one for each business date, oldest first', () => {
    fc.assert(
      fc.property(windowAndDate, fc.integer({ min: 0, max: 1_439 }), ({ window, date }, minute) => {
        const now = localDay(date, window.timeZone).plus({ minutes: minute }).toJSDate();
        const inPlay = occurrencesInPlay(window, now);
        const dates = inPlay.map(({ businessDate }) => businessDate);
        expect(dates).toEqual([...new Set(dates)].sort());
        const open = openOccurrence(window, now);
        if (open !== null) expect(inPlay).toContainEqual(open);
      }),
      { numRuns: 60 },
    );
  });

  it('follow one another, one for each date that the zone knows', () => {
    fc.assert(
      fc.property(windowAndDate, ({ window, date }) => {
        let now = new Date(localDay(date, window.timeZone).toMillis() - 1);
        let day: DateTime = DateTime.fromJSDate(now, { zone: window.timeZone }).startOf('day');
        let occurrence = nextOccurrence(window, now);
        for (let n = 0; n < 4; n++) {
          const { businessDate, startsAt } = occurrence ?? { businessDate: 'none', startsAt: now };
          if (n > 0) expect(businessDate).toBe(nextDate(day));
          expect(startsAt.getTime()).toBeGreaterThan(now.getTime());
          now = startsAt;
          day = localDay(businessDate, window.timeZone);
          occurrence = nextOccurrence(window, now);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('do not name the neighbour twice of a day that the zone has lost', () => {
    const window = aWindow({ timeZone: 'Pacific/Apia', start: '00:00', end: '23:00' });
    const now = new Date('2011-12-31T01:00:00.000+14:00');
    expect(occurrencesInPlay(window, now).map(({ businessDate }) => businessDate)).toEqual([
      '2011-12-29',
      '2011-12-31',
    ]);
  });

  it('take place on the wanted weekdays of their business date only', () => {
    const window = aWindow({ timeZone: 'UTC', start: '22:00', end: '04:00', daysOfWeek: [5] });
    const friday = occurrenceOn(window, '2026-03-06');
    expect(openOccurrence(window, new Date('2026-03-07T03:00:00.000Z'))).toEqual(friday);
    expect(openOccurrence(window, new Date('2026-03-06T03:00:00.000Z'))).toBeNull();
    expect(nextOccurrence(window, friday.startsAt)?.businessDate).toBe('2026-03-13');
    expect(nextOccurrence(window, new Date('2026-03-06T21:59:59.999Z'))).toEqual(friday);
  });
});

function nextDate(day: DateTime): string {
  return day.plus({ days: 1 }).toISODate() ?? '';
}
