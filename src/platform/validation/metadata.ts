import { ValidateBy, buildMessage, type ValidationOptions } from 'class-validator';
import type { JsonObject } from '../../domain/shared/json-value';
import { isWellFormed } from './text';

/** Spec 10, section 2. */
const LARGEST_BYTES = 16 * 1024;
const DEEPEST = 10;

/** A JSON object that every storage keeps as it came: at most 16 KiB serialised, at most 10 levels deep, sound text, finite numbers. */
export function isMetadata(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return isSound(value, 1) && Buffer.byteLength(JSON.stringify(value)) <= LARGEST_BYTES;
}

/** `depth` is the level of `value` itself; the object at the top has level 1. */
function isSound(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      return isWellFormed(value);
    case 'number':
      // JSON.parse reads 1e999 as Infinity.
      return Number.isFinite(value);
    case 'object':
      if (value === null) return true;
      if (depth > DEEPEST) return false;
      return Array.isArray(value)
        ? value.every((item) => isSound(item, depth + 1))
        : Object.entries(value).every(([key, item]) => isWellFormed(key) && isSound(item, depth + 1));
    default:
      return typeof value === 'boolean';
  }
}

export function IsMetadata(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isMetadata',
      validator: {
        validate: isMetadata,
        defaultMessage: buildMessage(
          (each) =>
            `${each}$property must be a JSON object of at most 16 KiB and ${DEEPEST} levels, with well-formed text and finite numbers`,
          options,
        ),
      },
    },
    options,
  );
}
