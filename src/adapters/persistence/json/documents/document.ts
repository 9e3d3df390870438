import type { JsonObject } from '../../../../domain/shared/json-value';

/** How an entity lies on disk: the same fields, every instant as UTC ISO-8601 text with milliseconds. */
export type Document<T> = T extends Date
  ? string
  : T extends JsonObject
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Document<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Document<T[Key]> }
        : T;

/** Both ways between an entity and its document. Pure; what goes to disk and back is equal to what it was. */
export interface DocumentMapping<T> {
  toDocument(entity: T): Document<T>;
  fromDocument(document: Document<T>): T;
}

export function toText(instant: Date | null): string | null {
  return instant === null ? null : instant.toISOString();
}

export function toInstant(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
