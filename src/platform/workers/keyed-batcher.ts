import { UnavailableError } from '../../domain/shared/errors';
import type { KeyedQueue } from './keyed-queue';

/** What became of one item among others. */
export type Outcome<Result> = { readonly value: Result } | { readonly error: unknown };

export interface KeyedBatcherOptions<Item, Result> {
  /** Whose turns the batches take, among other work of the same key. */
  readonly queue: KeyedQueue;
  /** Items of one turn at most. */
  readonly most: number;
  /** @returns the outcomes of the first items, at least one; those behind have another turn */
  readonly work: (key: string, items: readonly Item[]) => Promise<readonly Outcome<Result>[]>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Items of one key that wait for the same turn are worked on together, in the order in which they came. Other work of that key may come between two turns.
 * When a turn finds that what the work needs is away, whoever waits is told so at once, instead of finding out in a turn of his own.
 */
export class KeyedBatcher<Item, Result> {
  /** What stands here has a turn in the queue. */
  private readonly waiting = new Map<string, Waiting<Item, Result>[]>();

  constructor(private readonly options: KeyedBatcherOptions<Item, Result>) {}

  /** @throws whatever the item's own outcome was, or the work of its turn */
  join(key: string, item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const one = { item, resolve, reject };
      const others = this.waiting.get(key);
      if (others === undefined) this.ask(key, [one]);
      else others.push(one);
    });
  }

  private ask(key: string, items: readonly Waiting<Item, Result>[]): void {
    this.waiting.set(key, [...items]);
    void this.options.queue
      .run(key, () => this.takeTurn(key))
      .catch((error: unknown) => this.failAll(key, error));
  }

  /** Never rejects: each of the items is told by itself. */
  private async takeTurn(key: string): Promise<void> {
    const all = this.takeAll(key);
    if (all.length === 0) return;
    const turn = all.slice(0, this.options.most);
    let outcomes: readonly Outcome<Result>[];
    try {
      outcomes = await this.options.work(
        key,
        turn.map(({ item }) => item),
      );
    } catch (error) {
      const isAway = error instanceof UnavailableError;
      outcomes = (isAway ? all : turn).map(() => ({ error }));
      if (isAway) this.failAll(key, error);
    }
    const left = all.slice(outcomes.length);
    if (left.length > 0) this.putFirst(key, left);
    for (const [index, outcome] of outcomes.entries()) {
      if ('error' in outcome) all[index]?.reject(outcome.error);
      else all[index]?.resolve(outcome.value);
    }
  }

  private putFirst(key: string, left: readonly Waiting<Item, Result>[]): void {
    const since = this.waiting.get(key);
    if (since === undefined) this.ask(key, left);
    else since.unshift(...left);
  }

  private failAll(key: string, error: unknown): void {
    for (const { reject } of this.takeAll(key)) reject(error);
  }

  private takeAll(key: string): readonly Waiting<Item, Result>[] {
    const all = this.waiting.get(key) ?? [];
    this.waiting.delete(key);
    return all;
  }
}
