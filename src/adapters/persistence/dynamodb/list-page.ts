import type { Page } from '../../../domain/shared/page';
import type { Item } from './attributes';
import { BATCH } from './read-many';
import type { MergedQuery } from './merged-query';

/** Most index entries that are looked up at once. */
const MOST_AT_ONCE = 1_000;

export interface ListSource<T> {
  readonly entries: MergedQuery;
  /** Where an entry stands in the list; the next page begins behind it. */
  readonly placeOf: (entry: Item) => string;
  /** What the entries stand for, one for one; `null` for what is gone or does not belong in the list. */
  readonly load: (entries: readonly Item[]) => Promise<readonly (T | null)[]>;
}

/** Reads on until the page is full. */
export async function listPage<T>(source: ListSource<T>, limit: number): Promise<Page<T>> {
  const found: { value: T; place: string }[] = [];
  for (let least = 1; found.length <= limit; least = BATCH) {
    const missing = limit + 1 - found.length;
    const entries = await source.entries.take(Math.min(MOST_AT_ONCE, Math.max(least, missing)));
    if (entries.length === 0) break;
    const values = await source.load(entries);
    entries.forEach((entry, index) => {
      const value = values[index] ?? null;
      if (value !== null) found.push({ value, place: source.placeOf(entry) });
    });
  }
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(({ value }) => value),
    next: found.length > limit && last !== undefined ? last.place : null,
  };
}
