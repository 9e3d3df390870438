import { StorageUnavailable } from '../../../domain/shared/errors';
import { Commit, type Write } from './commit';
import type { JournalFile } from './journal-file';
import { toJournalLine } from './journal-line';
import { reasonOf } from './storage.errors';

/** Told of what becomes of commits. */
export interface JournalListener {
  /** Some have become durable. */
  readonly onDurable: () => void;
  /** That writing began to fail, or works again. */
  readonly onNotice: (message: string, fields?: object) => void;
}

/** Brings commits to the disk, in order. Those that arrive while one write is on its way share the next one, and one `fdatasync`. */
export class Journal {
  private queue: Commit[] = [];
  private tasks: (() => Promise<void>)[] = [];
  private running = false;
  private headSeq: number;
  /** The last write failed; told once when it begins and once when it is over. */
  private failing = false;
  private isClosing = false;

  constructor(
    private readonly file: JournalFile,
    private readonly listener: JournalListener,
  ) {
    this.headSeq = file.durableSeq;
  }

  /**
   * Adds a commit. Its preconditions must have been checked against the head in the same turn of the event loop.
   * @returns the result once it is durable; rejects with {@link StorageUnavailable} when it will never be
   */
  commit<T>(writes: readonly Write[], result: T): Promise<T> {
    if (this.isClosing) return Promise.reject(new StorageUnavailable('the storage is closed'));
    // A commit without writes only proves that the disk takes some; it has no number of its own.
    const commit = new Commit(writes.length === 0 ? this.headSeq : ++this.headSeq, writes, result);
    for (const write of writes) write.stage(commit);
    this.queue.push(commit);
    this.wake();
    return commit.outcome;
  }

  /** Runs a task while no write is on its way: what is durable then is exactly what lies in the files. */
  between<T>(task: (file: JournalFile) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.tasks.push(() => task(this.file).then(resolve, reject));
      this.wake();
    });
  }

  /** Lets everything queued come to its end and closes the file; later commits are refused. */
  async close(): Promise<void> {
    this.isClosing = true;
    await this.between((file) => file.close());
  }

  private wake(): void {
    if (this.running) return;
    this.running = true;
    setImmediate(() => void this.run());
  }

  private async run(): Promise<void> {
    for (;;) {
      if (this.queue.length > 0) await this.writeBatch();
      else if (this.tasks.length === 0) break;
      await this.tasks.shift()?.();
    }
    this.running = false;
  }

  private async writeBatch(): Promise<void> {
    const batch = this.queue;
    this.queue = [];
    const before = this.file.durableSeq;
    try {
      const lines = Buffer.from(batch.map((commit) => toLine(commit, before)).join(''));
      await this.file.append(lines, batch.at(-1)?.seq ?? before);
    } catch (error) {
      return this.giveUp(batch, error);
    }
    for (const commit of batch) commit.succeed();
    if (this.file.durableSeq > before) this.listener.onDurable();
    if (this.failing) this.listener.onNotice('the journal is written again');
    this.failing = false;
  }

  /** Rejects the batch and all that came after it: they were decided on top of it. */
  private async giveUp(batch: readonly Commit[], error: unknown): Promise<void> {
    const rejected = [...batch, ...this.queue];
    this.queue = [];
    this.headSeq = this.file.durableSeq;
    for (const commit of rejected.toReversed()) commit.drop();
    if (!this.failing) this.listener.onNotice('the journal cannot be written', { reason: reasonOf(error) });
    this.failing = true;
    // Cut off at once what may have been written, so that it does not come back after a crash. Should that fail too, the next write begins with it.
    await this.file.repair().catch(() => undefined);
    const unavailable =
      error instanceof StorageUnavailable
        ? error
        : new StorageUnavailable(`the journal cannot be written: ${reasonOf(error)}`, error);
    for (const commit of rejected) commit.fail(unavailable);
  }
}

function toLine({ seq, writes }: Commit, durable: number): string {
  return toJournalLine(seq, durable, writes.map(({ op }) => op).join(','));
}
