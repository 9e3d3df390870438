import { ValidateBy, type ValidationOptions } from 'class-validator';

/** Of 1,024 bytes, DynamoDB's longest sort key, which no place in a list exceeds. */
const LONGEST = 1_366;

/** A place in a list as it travels in a URL. It holds nothing that the list itself does not show, and storages treat it as a position only. */
export function encodeCursor(position: string): string {
  return Buffer.from(position).toString('base64url');
}

/** @param cursor one that {@link IsCursor} accepts */
export function decodeCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString();
}

/** What {@link encodeCursor} made, and nothing else. */
export function IsCursor(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isCursor',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' &&
          value.length > 0 &&
          value.length <= LONGEST &&
          encodeCursor(decodeCursor(value)) === value,
        defaultMessage: () => '$property must be one that a Link header gave',
      },
    },
    options,
  );
}
