import { isEmail, ValidateBy, type ValidationOptions } from 'class-validator';
import { isWellFormed } from './text';

/** An e-mail address. class-validator's own rule throws at a lone surrogate, which it cannot encode. */
export function IsEmailAddress(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isEmailAddress',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && isWellFormed(value) && isEmail(value),
        defaultMessage: () => '$property must be an e-mail address',
      },
    },
    options,
  );
}
