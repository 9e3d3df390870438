import type { Commit, Write } from './commit';

export interface UnfiledRecord<T> {
  readonly record: T;
  /** Its document as JSON text, as it goes to the journal and to its file. */
  readonly text: string;
  /** The commit it rides in, until that is durable; readers do not see it before. */
  commit: Commit | null;
}

/** Records of an archive that are in the journal, or on their way there, and not yet in their files. */
export class UnfiledRecords<T> {
  private byId = new Map<string, UnfiledRecord<T>>();
  private characters = 0;

  /** Characters of all their texts. */
  get length(): number {
    return this.characters;
  }

  /** @param onApplied called when it is durable */
  add(id: string, record: T, text: string, op: string, onApplied: () => void): Write {
    const unfiled: UnfiledRecord<T> = { record, text, commit: null };
    let before: UnfiledRecord<T> | undefined;
    return {
      op,
      stage: (commit) => {
        before = this.byId.get(id);
        unfiled.commit = commit;
        this.byId.set(id, unfiled);
      },
      apply: () => {
        unfiled.commit = null;
        this.characters += text.length;
        onApplied();
      },
      drop: () => {
        if (before?.commit === null) this.byId.set(id, before);
        else this.byId.delete(id);
      },
    };
  }

  restore(id: string, record: T, text: string): void {
    this.byId.set(id, { record, text, commit: null });
    this.characters += text.length;
  }

  get(id: string): T | null {
    const unfiled = this.byId.get(id);
    return unfiled === undefined || unfiled.commit !== null ? null : unfiled.record;
  }

  /** Whether it is among them; waits for one that is on its way to the disk. */
  async has(id: string): Promise<boolean> {
    for (let unfiled = this.byId.get(id); unfiled !== undefined; unfiled = this.byId.get(id)) {
      if (unfiled.commit === null) return true;
      await unfiled.commit.settled();
    }
    return false;
  }

  *durable(): Generator<UnfiledRecord<T>> {
    for (const unfiled of this.byId.values()) {
      if (unfiled.commit === null) yield unfiled;
    }
  }

  /** A new map instead of many deletions, for the sake of the garbage collector: see the slots of a table. */
  forget(filed: ReadonlySet<UnfiledRecord<T>>): void {
    if (filed.size === 0) return;
    this.byId = new Map([...this.byId].filter(([, unfiled]) => !filed.has(unfiled)));
    for (const { text } of filed) this.characters -= text.length;
  }
}
