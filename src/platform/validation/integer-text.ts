import { ValidateBy, type ValidationOptions } from 'class-validator';

/** A whole number from `least` to `most`, written in digits, as it stands in a query string. */
export function IsIntegerText(least: number, most: number, options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isIntegerText',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' &&
          /^\d{1,15}$/.test(value) &&
          Number(value) >= least &&
          Number(value) <= most,
        defaultMessage: () => `$property must be a whole number from ${least} to ${most}`,
      },
    },
    options,
  );
}
