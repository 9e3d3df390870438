import { isDeepStrictEqual } from 'node:util';
import { ChangedConcurrently } from '../../src/domain/shared/errors';
import type { Page, PageRequest } from '../../src/domain/shared/page';

/** Reads a list to its end; every page but the last must be full, and none may follow the last. */
export async function allPages<T>(
  limit: number,
  list: (page: PageRequest) => Promise<Page<T>>,
  between: (pagesRead: number) => Promise<void> = () => Promise.resolve(),
): Promise<readonly T[]> {
  const items: T[] = [];
  let after: string | null = null;
  for (let pages = 1; ; pages++) {
    const page: Page<T> = await list({ limit, after });
    items.push(...page.items);
    if (page.next === null) {
      expect(page.items.length).toBeLessThanOrEqual(limit);
      return items;
    }
    expect(page.items).toHaveLength(limit);
    after = page.next;
    await between(pages);
  }
}

/** Begins all attempts at once. @returns what the winners brought; every loser must have been told to read again */
export async function race<T>(attempts: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const outcomes = await Promise.allSettled(attempts.map((attempt) => attempt()));
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ChangedConcurrently);
  }
  return outcomes.filter((outcome) => outcome.status === 'fulfilled').map((outcome) => outcome.value);
}

const MOST_QUESTIONS = 50;

/** For reads by an index, which may lag behind by moments: asks until the answer is the expected one, a bounded number of times. */
export async function settles(ask: () => Promise<unknown>, expected: unknown): Promise<void> {
  let answer = await ask();
  for (let left = MOST_QUESTIONS; left > 0 && !isDeepStrictEqual(answer, expected); left--)
    answer = await ask();
  expect(answer).toEqual(expected);
}

export async function collect<T>(batches: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

/** Whether `items` come in the order of the UTF-8 bytes of their keys. */
export function inByteOrder<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return [...items].sort((a, b) => Buffer.compare(Buffer.from(keyOf(a)), Buffer.from(keyOf(b))));
}
