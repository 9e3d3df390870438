import { ValidateBy, buildMessage, type ValidationOptions } from 'class-validator';
import { IANAZone } from 'luxon';
import type { TimeOfDay } from '../../domain/windows/eod-window';

const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** @param text a time that {@link IsTimeOfDay} has let through */
export function toTimeOfDay(text: string): TimeOfDay {
  const [hour = NaN, minute = NaN] = text.split(':').map(Number);
  return { hour, minute };
}

/** Wall-clock time from 00:00 to 23:59. */
export function IsTimeOfDay(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isTimeOfDay',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && TIME_OF_DAY.test(value),
        defaultMessage: buildMessage(
          (each) => `${each}$property must be a time of day from 00:00 to 23:59`,
          options,
        ),
      },
    },
    options,
  );
}

/** A name of the IANA time zone database that this machine knows. */
export function IsTimeZone(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isTimeZone',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && IANAZone.isValidZone(value),
        defaultMessage: buildMessage(
          (each) => `${each}$property must be an IANA time zone such as Asia/Jakarta`,
          options,
        ),
      },
    },
    options,
  );
}
