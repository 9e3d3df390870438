import type { Item } from '../../../src/adapters/persistence/dynamodb/attributes';

const KB = 1_024;

/** Bytes as DynamoDB counts: names and values, three for a list or map and one for each element. */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

function valueSize(value: Item[string]): number {
  if (value?.S !== undefined) return Buffer.byteLength(value.S);
  if (value?.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value?.L !== undefined) return value.L.reduce((sum, element) => sum + 1 + valueSize(element), 3);
  if (value?.M !== undefined) return 3 + Object.keys(value.M).length + itemSize(value.M);
  return 1;
}

/** Of one item by itself; of one that is changed, the larger of before and after counts. */
export function writeUnits(...versions: readonly Item[]): number {
  return Math.max(...versions.map((item) => Math.ceil(itemSize(item) / KB)));
}

/** Of one item read by key, strongly consistent; `null`: it is not there, and costs what the smallest costs. */
export function readUnits(item: Item | null): number {
  return item === null ? 1 : Math.ceil(itemSize(item) / (4 * KB));
}

/** Of so many bytes read one after another, strongly consistent; a query that finds nothing costs 1. */
export function rangeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / (4 * KB)));
}

/** Transactions cost double. */
export const IN_TRANSACTION = 2;
/** Eventually consistent reads, as all of indexes are, cost half. */
export const EVENTUALLY = 0.5;
