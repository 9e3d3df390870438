import { DateTime } from 'luxon';
import type { EodWindow, TimeOfDay } from './eod-window';

/** One taking place of a window. */
export interface Occurrence {
  /** Local date on which it starts, `YYYY-MM-DD`. */
  readonly businessDate: string;
  readonly startsAt: Date;
  /** First instant after it. */
  readonly endsAt: Date;
}

/** How long after its end a window's summary is still made up for (spec 30, step 4). */
export const SUMMARY_GRACE_MS = 6 * 3_600_000;

/** A window and its grace lie within this many local days before today: 24 h of window, 6 h of grace, a zone's date, and a date that the zone has skipped. */
const DAYS_BACK = 3;
const DAYS_AHEAD = 8;

/**
 * The occurrence that starts on a date, whatever the weekday. When DST changes, a skipped time counts as much later as the clock
 * jumps, and of a time that comes twice the first counts.
 */
export function occurrenceOn(window: EodWindow, businessDate: string): Occurrence {
  const day = DateTime.fromISO(businessDate, { zone: window.timeZone }).startOf('day');
  const startsAt = atTime(day, window.start);
  const lengthMinutes = minutes(window.end) - minutes(window.start);
  const endsAt = atTime(lengthMinutes > 0 ? day : day.plus({ days: 1 }), window.end);
  return {
    businessDate: day.toISODate() ?? businessDate,
    startsAt: startsAt.toJSDate(),
    // The clock may skip the start and not the end: the window keeps its length then, instead of ending before it begins.
    endsAt: (endsAt > startsAt ? endsAt : startsAt.plus({ minutes: lengthMinutes })).toJSDate(),
  };
}

/** Occurrences that have started and whose summary may still be posted, oldest first. */
export function occurrencesInPlay(window: EodWindow, now: Date): readonly Occurrence[] {
  return occurrencesAround(window, now, -DAYS_BACK, 0).filter(
    ({ startsAt, endsAt }) => startsAt <= now && now.getTime() <= endsAt.getTime() + SUMMARY_GRACE_MS,
  );
}

/** The occurrence that is open at `now`. */
export function openOccurrence(window: EodWindow, now: Date): Occurrence | null {
  return (
    occurrencesAround(window, now, -DAYS_BACK, 0).findLast(
      ({ startsAt, endsAt }) => startsAt <= now && now < endsAt,
    ) ?? null
  );
}

/** The next occurrence that starts after `now`. */
export function nextOccurrence(window: EodWindow, now: Date): Occurrence | null {
  return occurrencesAround(window, now, 0, DAYS_AHEAD).find(({ startsAt }) => startsAt > now) ?? null;
}

function occurrencesAround(
  window: EodWindow,
  now: Date,
  fromDay: number,
  toDay: number,
): readonly Occurrence[] {
  const today = DateTime.fromJSDate(now, { zone: window.timeZone }).startOf('day');
  const days = Array.from({ length: toDay - fromDay + 1 }, (_, index) =>
    today.plus({ days: fromDay + index }),
  );
  // A zone that crosses the date line has no such day, and names its neighbour twice.
  const dates = new Set(
    days
      .filter((day) => window.daysOfWeek.length === 0 || window.daysOfWeek.includes(day.weekday))
      .map((day) => day.toISODate() ?? ''),
  );
  return [...dates].map((date) => occurrenceOn(window, date));
}

/** Luxon alone takes either one of a time that comes twice, by the season in which it is asked. */
function atTime(day: DateTime, time: TimeOfDay): DateTime {
  const wanted = day.set({ hour: time.hour, minute: time.minute, second: 0, millisecond: 0 });
  return wanted.getPossibleOffsets()[0] ?? wanted;
}

function minutes(time: TimeOfDay): number {
  return time.hour * 60 + time.minute;
}
