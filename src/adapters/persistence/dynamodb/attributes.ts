import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as DynamoDB sends it. Absent values are absent attributes: they cost nothing, and an index leaves them out. */
export type Item = Record<string, AttributeValue>;

/** Fields of an item on the way there; the absent ones are left out by {@link itemOf}. */
export type Fields = Readonly<Record<string, AttributeValue | null>>;

export function itemOf(fields: Fields): Item {
  const item: Item = {};
  for (const [name, value] of Object.entries(fields)) if (value !== null) item[name] = value;
  return item;
}

export function text(value: string): AttributeValue {
  return { S: value };
}

export function instant(value: Date): AttributeValue {
  return { S: value.toISOString() };
}

/** Vesper's own counters, which are whole and small. */
export function count(value: number): AttributeValue {
  return { N: value.toString() };
}

/** Numbers from outside, as text: those of DynamoDB end at 10^126 and would refuse what JSON allows. */
export function double(value: number): AttributeValue {
  return { S: JSON.stringify(value) };
}

export function flag(value: boolean): AttributeValue {
  return { BOOL: value };
}

export function texts(values: readonly string[]): AttributeValue {
  return { L: values.map(text) };
}

export function instants(values: readonly Date[]): AttributeValue {
  return { L: values.map(instant) };
}

/** JSON as text. Of what comes from outside any number, depth, empty key and `__proto__` comes back as it was; of long lists it saves the SDK its work. */
export function json(value: unknown): AttributeValue {
  return { S: JSON.stringify(value) };
}

export function map(item: Item): AttributeValue {
  return { M: item };
}

export function list(items: readonly Item[]): AttributeValue {
  return { L: items.map(map) };
}

/** `null` stays `null`, which {@link itemOf} leaves out. */
export function optional<T>(value: T | null, write: (value: T) => AttributeValue): AttributeValue | null {
  return value === null ? null : write(value);
}

/** When DynamoDB may delete an item: epoch seconds, rounded up. */
export function epochSeconds(at: Date): AttributeValue {
  return count(Math.ceil(at.getTime() / 1000));
}
