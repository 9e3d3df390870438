import { ValidateBy, buildMessage, type ValidationOptions } from 'class-validator';

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):?(\d\d))$/;
/** The last instant whose UTC form has four digits of year: later ones would sort wrongly as text. */
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
/** No zone of the world is, or was since 1970, further from UTC (Line Islands). */
const LARGEST_OFFSET_MINUTES = 14 * 60;

/**
 * Reads an ISO-8601 instant with `Z` or an offset, from 1970 to 9999; digits beyond the millisecond are cut off.
 * @returns `null` for anything else, also for dates that no calendar has (30 February, 24:00, a leap second)
 */
export function parseInstant(text: string): Date | null {
  const match = INSTANT.exec(text);
  if (match === null) return null;
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const offset = (part(9) * 60 + part(10)) * (match[8] === '-' ? -1 : 1);
  const inRange = hour <= 23 && minute <= 59 && second <= 59 && part(10) <= 59;
  if (!inRange || !isCalendarDay(year, month, day) || Math.abs(offset) > LARGEST_OFFSET_MINUTES) return null;
  const millisecond = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const ms = Date.UTC(year, month - 1, day, hour, minute - offset, second, millisecond);
  return ms < 0 || ms > LATEST_MS ? null : new Date(ms);
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  // Years below 100 mean 19xx to Date.UTC; they are out of range anyway, and day 0 of the next month is the last of this one.
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** An instant as {@link parseInstant} reads it. */
export function IsInstant(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isInstant',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && parseInstant(value) !== null,
        defaultMessage: buildMessage(
          (each) =>
            `${each}$property must be an ISO-8601 instant with Z or an offset, e.g. 2024-01-15T01:30:00.000Z`,
          options,
        ),
      },
    },
    options,
  );
}
