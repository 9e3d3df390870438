import 'reflect-metadata';
import { ValidateBy, type ValidationOptions } from 'class-validator';
import type { DtoClass } from './compiled-rules';

const LISTS = Symbol('lists');

export interface ListRule {
  readonly element: DtoClass<object>;
  readonly most: number;
}

/**
 * A list of `least` to `most` objects, each read as an instance of the class and held to its rules (by `DtoReader`; class-validator's own
 * `@ValidateNested` knows nothing of unknown fields in them, and explains however many there are).
 */
export function ListOf(
  element: DtoClass<object>,
  { least, most }: { readonly least: number; readonly most: number },
  options?: ValidationOptions,
): PropertyDecorator {
  return (prototype, property) => {
    const lists = new Map([...listRules(prototype), [String(property), { element, most }]]);
    Reflect.defineMetadata(LISTS, lists, prototype);
    ValidateBy(
      {
        name: 'listOf',
        validator: {
          validate: (value: unknown) => Array.isArray(value) && value.length >= least && value.length <= most,
          defaultMessage: () => `$property must be a list of ${least} to ${most} objects`,
        },
      },
      options,
    )(prototype, property);
  };
}

/** The lists of a class, by property. */
export function listRules(prototype: object): ReadonlyMap<string, ListRule> {
  return (Reflect.getMetadata(LISTS, prototype) as ReadonlyMap<string, ListRule> | undefined) ?? new Map();
}
