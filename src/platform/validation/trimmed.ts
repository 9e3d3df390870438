import 'reflect-metadata';

const TRIMMED = Symbol('trimmed');

/** White space around the value is taken off before it is validated and used. */
export function Trimmed(): PropertyDecorator {
  return (prototype, property) => {
    const inherited = trimmedProperties(prototype);
    Reflect.defineMetadata(TRIMMED, new Set([...inherited, String(property)]), prototype);
  };
}

export function trimmedProperties(prototype: object): ReadonlySet<string> {
  return (Reflect.getMetadata(TRIMMED, prototype) as ReadonlySet<string> | undefined) ?? new Set();
}
