import { ChangedConcurrently } from '../../../domain/shared/errors';
import type { Commit, Write } from './commit';
import type { Document, DocumentMapping } from './documents/document';

/** Told of each durable change; keeps secondary structures in step. */
export type ChangeListener<T> = (before: T | undefined, after: T | undefined, key: string) => void;

/**
 * What is known under one key; `undefined` means nothing. Slots are changed in place: a map of what is staged, into and out of which every commit goes, keeps
 * the garbage collector from seeing that they are gone.
 */
interface Slot<T> {
  durable: T | undefined;
  staged: T | undefined;
  /** The last commit that staged something and is not settled yet. */
  commit: Commit | null;
}

/**
 * Records of one kind by key. Readers see what is durable; a commit decides on the head, which is what is durable with everything that waits for the disk
 * on top. So memory is never ahead of the disk, and yet a commit need not wait for the one before it.
 */
export class Table<T> {
  private readonly slots = new Map<string, Slot<T>>();
  private count = 0;

  constructor(
    readonly name: string,
    private readonly mapping: DocumentMapping<T>,
    private readonly onChange: ChangeListener<T> = () => undefined,
  ) {}

  /** How many records are durable. */
  get size(): number {
    return this.count;
  }

  get(key: string): T | undefined {
    return this.slots.get(key)?.durable;
  }

  *entries(): Generator<readonly [key: string, record: T]> {
    for (const [key, { durable }] of this.slots) {
      if (durable !== undefined) yield [key, durable];
    }
  }

  head(key: string): T | undefined {
    const slot = this.slots.get(key);
    return slot?.commit ? slot.staged : slot?.durable;
  }

  isStaged(key: string): boolean {
    return this.commitAt(key) !== null;
  }

  /** Resolves when no write under the key waits for the disk any more. */
  async settled(key: string): Promise<void> {
    for (let commit = this.commitAt(key); commit !== null; commit = this.commitAt(key)) {
      await commit.settled();
    }
  }

  /** The refusal of a commit that the head under this key contradicts; it comes when the caller will read something new. */
  async conflictAt(key: string): Promise<ChangedConcurrently> {
    await this.settled(key);
    return new ChangedConcurrently(`${this.name} ${JSON.stringify(key)}`);
  }

  put(key: string, record: T): Write {
    const document = JSON.stringify(this.mapping.toDocument(record));
    return this.write(key, record, `{"t":"${this.name}","k":${JSON.stringify(key)},"v":${document}}`);
  }

  delete(key: string): Write {
    return this.write(key, undefined, `{"t":"${this.name}","k":${JSON.stringify(key)}}`);
  }

  /** Makes it durable knowledge, as a journal or snapshot says it is. */
  restore(key: string, document: unknown): void {
    this.set(key, document === undefined ? undefined : this.mapping.fromDocument(document as Document<T>));
  }

  /** What is durable at this moment, as lines of a snapshot. Only references are copied now; a line is made when it is asked for. */
  copy(): Iterable<string> {
    const entries = [...this.entries()];
    const { name, mapping } = this;
    return (function* () {
      for (const [k, record] of entries) {
        yield `${JSON.stringify({ t: name, k, v: mapping.toDocument(record) })}\n`;
      }
    })();
  }

  protected set(key: string, record: T | undefined): void {
    const slot = this.slotAt(key);
    const before = slot.durable;
    slot.durable = record;
    this.count += Number(record !== undefined) - Number(before !== undefined);
    this.forgetIfEmpty(key, slot);
    this.onChange(before, record, key);
  }

  protected commitAt(key: string): Commit | null {
    return this.slots.get(key)?.commit ?? null;
  }

  private write(key: string, record: T | undefined, op: string): Write {
    return {
      op,
      stage: (commit) => {
        const slot = this.slotAt(key);
        slot.staged = record;
        slot.commit = commit;
      },
      apply: (commit) => {
        const slot = this.slotAt(key);
        if (slot.commit === commit) unstage(slot);
        this.set(key, record);
      },
      drop: () => {
        const slot = this.slotAt(key);
        unstage(slot);
        this.forgetIfEmpty(key, slot);
      },
    };
  }

  private slotAt(key: string): Slot<T> {
    let slot = this.slots.get(key);
    if (slot === undefined) {
      slot = { durable: undefined, staged: undefined, commit: null };
      this.slots.set(key, slot);
    }
    return slot;
  }

  private forgetIfEmpty(key: string, slot: Slot<T>): void {
    if (slot.durable === undefined && slot.commit === null) this.slots.delete(key);
  }
}

function unstage(slot: Slot<unknown>): void {
  slot.staged = undefined;
  slot.commit = null;
}
