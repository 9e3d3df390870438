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

/** For reads that may lag behind: asks until the answer is accepted, a bounded number of times. */
export async function eventually<T>(ask: () => Promise<T>, accept: (answer: T) => boolean): Promise<T> {
  for (let left = 100; ; left--) {
    const answer = await ask();
    if (accept(answer) || left === 0) return answer;
  }
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
