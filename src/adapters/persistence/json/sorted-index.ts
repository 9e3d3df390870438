import { compareUtf8 } from '../../../domain/shared/page';

interface Entry {
  readonly id: string;
  readonly sortKey: string;
}

/** Ids in the order of their sort keys (UTF-8). Changes cost next to nothing; order is restored by the next reader, if it was disturbed. */
export class SortedIndex {
  private readonly entries = new Map<string, Entry>();
  /** In order; holds entries that are no longer valid until they are half of it. */
  private sorted: Entry[] = [];
  private disturbed = false;

  get size(): number {
    return this.entries.size;
  }

  set(id: string, sortKey: string): void {
    if (this.entries.get(id)?.sortKey === sortKey) return;
    const entry = { id, sortKey };
    const last = this.sorted.at(-1);
    this.disturbed ||= last !== undefined && compareUtf8(last.sortKey, sortKey) > 0;
    this.entries.set(id, entry);
    this.sorted.push(entry);
  }

  delete(id: string): void {
    this.entries.delete(id);
  }

  /** Ids whose keys come after `sortKey`; all when it is `null`. Not to be changed while it runs. */
  *after(sortKey: string | null): Generator<string> {
    this.putInOrder();
    const from = sortKey === null ? 0 : this.firstAfter(sortKey);
    for (let index = from; index < this.sorted.length; index++) {
      const entry = this.sorted[index] as Entry;
      if (this.isValid(entry)) yield entry.id;
    }
  }

  private putInOrder(): void {
    if (!this.disturbed && this.sorted.length <= 2 * this.entries.size) return;
    this.sorted = this.sorted.filter((entry) => this.isValid(entry));
    if (this.disturbed) this.sorted.sort((a, b) => compareUtf8(a.sortKey, b.sortKey));
    this.disturbed = false;
  }

  private firstAfter(sortKey: string): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareUtf8((this.sorted[middle] as Entry).sortKey, sortKey) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private isValid(entry: Entry): boolean {
    return this.entries.get(entry.id) === entry;
  }
}
