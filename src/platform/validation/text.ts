import { ValidateBy, buildMessage, type ValidationOptions } from 'class-validator';

const LONE_SURROGATE = /\p{Surrogate}/u;
const CONTROL_CHARACTER = /\p{Control}/u;

/** Whether a text can be written as UTF-8: it holds no half of a surrogate pair. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** Refuses text with a lone surrogate, which no storage or vendor would give back as it came. */
export function IsWellFormedText(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isWellFormedText',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && isWellFormed(value),
        defaultMessage: buildMessage(
          (each) => `${each}$property must be well-formed Unicode text (no lone surrogates)`,
          options,
        ),
      },
    },
    options,
  );
}

/** Refuses line breaks, tabs, NUL, escape sequences and their like (Unicode category Cc). */
export function HasNoControlCharacters(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'hasNoControlCharacters',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && !CONTROL_CHARACTER.test(value),
        defaultMessage: buildMessage(
          (each) => `${each}$property must not contain control characters`,
          options,
        ),
      },
    },
    options,
  );
}
