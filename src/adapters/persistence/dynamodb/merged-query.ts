import { compareUtf8 } from '../../../domain/shared/page';
import type { Item } from './attributes';
import type { DynamoConnection } from './dynamo.connection';
import { pagesOf, type PartitionQuery } from './query';

/** Where the shards of one list are read. */
export interface MergeRequest {
  readonly queries: readonly PartitionQuery[];
  /** The attribute by which each of them is sorted. */
  readonly sortKey: string;
  readonly newestFirst: boolean;
}

/** Several sorted partitions read as one sorted list, a page of each at a time. */
export class MergedQuery {
  private readonly runs: readonly Run[];

  constructor(
    connection: DynamoConnection,
    private readonly request: MergeRequest,
  ) {
    const forwards = !request.newestFirst;
    this.runs = request.queries.map(
      (query) => new Run(pagesOf(connection, { ...query, ScanIndexForward: forwards })),
    );
  }

  /** The next `count` items; fewer only at the end. */
  async take(count: number): Promise<readonly Item[]> {
    const taken: Item[] = [];
    while (taken.length < count) {
      const dry = this.runs.filter((run) => run.isDry);
      if (dry.length > 0) await Promise.all(dry.map((run) => run.fill()));
      const first = this.foremost();
      if (first === null) break;
      taken.push(first);
    }
    return taken;
  }

  private foremost(): Item | null {
    let best: Run | null = null;
    let bestKey = '';
    for (const run of this.runs) {
      const key = run.head?.[this.request.sortKey]?.S;
      if (key !== undefined && (best === null || this.isBefore(key, bestKey))) {
        best = run;
        bestKey = key;
      }
    }
    return best?.shift() ?? null;
  }

  private isBefore(a: string, b: string): boolean {
    const order = compareUtf8(a, b);
    return this.request.newestFirst ? order > 0 : order < 0;
  }
}

/** One partition with what was read of it and not yet taken. */
class Run {
  private items: readonly Item[] = [];
  private next = 0;
  private ended = false;

  constructor(private readonly pages: AsyncGenerator<readonly Item[]>) {}

  get head(): Item | undefined {
    return this.items[this.next];
  }

  get isDry(): boolean {
    return !this.ended && this.head === undefined;
  }

  shift(): Item | undefined {
    return this.items[this.next++];
  }

  async fill(): Promise<void> {
    while (this.isDry) {
      const page = await this.pages.next();
      this.ended = page.done === true;
      this.items = page.done === true ? [] : page.value;
      this.next = 0;
    }
  }
}
