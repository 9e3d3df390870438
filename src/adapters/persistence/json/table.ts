import { ChangedConcurrently } from '../../../domain/shared/errors';
import type { Commit, Write } from './commit';
import type { Document, DocumentMapping } from './documents/document';

/** Told of each durable change; keeps secondary structures in step. */
export type ChangeListener<T> = (before: T | undefined, after: T | undefined, key: string) => void;

interface Staged<T> {
  readonly value: T | undefined;
  readonly commit: Commit;
}

/**
 * Records of one kind by key. Readers see what is durable; a commit decides on the head, which is what is durable with everything that waits for the disk
 * on top. So memory is never ahead of the disk, and yet a commit need not wait for the one before it.
 */
export class Table<T> {
  private readonly durable = new Map<string, T>();
  private readonly staged = new Map<string, Staged<T>>();

  constructor(
    readonly name: string,
    private readonly mapping: DocumentMapping<T>,
    private readonly onChange: ChangeListener<T> = () => undefined,
  ) {}

  get size(): number {
    return this.durable.size;
  }

  get(key: string): T | undefined {
    return this.durable.get(key);
  }

  values(): IterableIterator<T> {
    return this.durable.values();
  }

  entries(): IterableIterator<[string, T]> {
    return this.durable.entries();
  }

  head(key: string): T | undefined {
    const staged = this.staged.get(key);
    return staged === undefined ? this.durable.get(key) : staged.value;
  }

  isStaged(key: string): boolean {
    return this.staged.has(key);
  }

  /** Resolves when no write under the key waits for the disk any more. */
  async settled(key: string): Promise<void> {
    for (let staged = this.staged.get(key); staged !== undefined; staged = this.staged.get(key)) {
      await staged.commit.settled();
    }
  }

  /** The refusal of a commit that the head under this key contradicts; it comes when the caller will read something new. */
  async conflictAt(key: string): Promise<ChangedConcurrently> {
    await this.settled(key);
    return new ChangedConcurrently(`${this.name} ${JSON.stringify(key)}`);
  }

  put(key: string, value: T): Write {
    const document = JSON.stringify(this.mapping.toDocument(value));
    return this.write(key, value, `{"t":"${this.name}","k":${JSON.stringify(key)},"v":${document}}`);
  }

  delete(key: string): Write {
    return this.write(key, undefined, `{"t":"${this.name}","k":${JSON.stringify(key)}}`);
  }

  /** @param op what the journal says, where that can be shorter than the record */
  write(key: string, value: T | undefined, op: string): Write {
    return {
      op,
      stage: (commit) => this.staged.set(key, { value, commit }),
      apply: (commit) => {
        if (this.staged.get(key)?.commit === commit) this.staged.delete(key);
        this.set(key, value);
      },
    };
  }

  /** Forgets everything that waited for the disk: it will not become durable. */
  dropStaged(): void {
    this.staged.clear();
  }

  set(key: string, value: T | undefined): void {
    const before = this.durable.get(key);
    if (value === undefined) this.durable.delete(key);
    else this.durable.set(key, value);
    this.onChange(before, value, key);
  }

  restore(key: string, document: unknown): void {
    this.set(key, document === undefined ? undefined : this.mapping.fromDocument(document as Document<T>));
  }

  /** What is durable at this moment, as lines of a snapshot. Only references are copied now; a line is made when it is asked for. */
  copy(): Iterable<string> {
    const entries = [...this.durable];
    const { name, mapping } = this;
    return (function* () {
      for (const [k, value] of entries) {
        yield `${JSON.stringify({ t: name, k, v: mapping.toDocument(value) })}\n`;
      }
    })();
  }
}
