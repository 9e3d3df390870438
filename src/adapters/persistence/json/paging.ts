import type { Page } from '../../../domain/shared/page';

/** @param found up to one more than the limit, which says that there is a next page */
export function toPage<T>(found: readonly T[], limit: number, keyOf: (item: T) => string): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? keyOf(last) : null };
}
