import { constants } from 'node:fs';
import { rename } from 'node:fs/promises';
import { StorageUnavailable } from '../../../domain/shared/errors';
import { Commit, type Write } from './commit';
import type { DataFolder } from './data-folder';
import { toJournalLine } from './journal-line';
import { syncFolder, writeAll, type OpenFile, type WritableFile } from './open-file';
import { reasonOf } from './storage.errors';

/** Where the journal stands when it is opened. */
export interface JournalPosition {
  /** Number of the last commit on the disk. */
  readonly durableSeq: number;
  /** Number of the first commit in `journal.jsonl`. */
  readonly firstSeq: number;
  /** Its length up to the end of its last good line; 0 when it must be begun. */
  readonly length: number;
}

export interface JournalSurroundings {
  readonly folder: DataFolder;
  readonly openFile: OpenFile;
  /** Called before each write; a rejection refuses it. `null` where nothing need be waited for. */
  readonly guard: () => Promise<void> | null;
  /** Commits have become durable. */
  readonly onDurable: () => void;
  /** That writing began to fail, or works again. */
  readonly onNotice: (message: string, fields?: object) => void;
}

/** Append, never create: a journal that vanished must be noticed. */
const APPEND = constants.O_WRONLY | constants.O_APPEND;

/**
 * The append-only file of commits. Commits that arrive while one write is on its way to the disk share the next one, and one `fdatasync`. After a failure the
 * file is cut back to its last durable line before anything else is written, so it recovers by itself.
 */
export class Journal {
  private file: WritableFile | null = null;
  private queue: Commit[] = [];
  private tasks: (() => Promise<void>)[] = [];
  private running = false;
  private headSeq: number;
  private durable: number;
  private first: number;
  private bytes: number;
  /** Why nothing can be written; the file is not to be trusted beyond `bytes` until it was repaired. */
  private failure: unknown = new Error('not opened');
  /** The last write failed; told once when it begins and once when it is over. */
  private failing = false;
  private refusal: StorageUnavailable | null = null;

  constructor(
    private readonly around: JournalSurroundings,
    position: JournalPosition,
  ) {
    this.headSeq = this.durable = position.durableSeq;
    this.first = position.firstSeq;
    this.bytes = position.length;
  }

  get durableSeq(): number {
    return this.durable;
  }

  get length(): number {
    return this.bytes;
  }

  /** How many commits lie in the current file. */
  get commits(): number {
    return this.durable - this.first + 1;
  }

  async open(): Promise<void> {
    await this.repair();
  }

  /**
   * Adds a commit. Its preconditions must have been checked against the head in the same turn of the event loop.
   * @returns the result once it is durable; rejects with {@link StorageUnavailable} when it will never be
   */
  commit<T>(writes: readonly Write[], result: T): Promise<T> {
    if (this.refusal !== null) return Promise.reject(this.refusal);
    // A commit without writes only proves that the disk takes some; it has no number of its own.
    const commit = new Commit(writes.length === 0 ? this.headSeq : ++this.headSeq, writes, result);
    for (const write of writes) write.stage(commit);
    this.queue.push(commit);
    this.wake();
    return commit.outcome;
  }

  /** Runs a task while no write is on its way: what is durable then is exactly what lies in the files. */
  between<T>(task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.tasks.push(() => task().then(resolve, reject));
      this.wake();
    });
  }

  /** Closes the current file as a segment and begins a new one. Only within {@link between}. */
  async rotate(): Promise<void> {
    await this.around.guard();
    if (this.failure !== null) await this.repair();
    if (this.commits === 0) return;
    const { folder } = this.around;
    await rename(folder.journal, folder.segment(this.first));
    this.first = this.durable + 1;
    this.bytes = 0;
    this.failure = new Error('a new journal is being begun');
    await this.repair();
  }

  /** Lets everything queued come to its end and closes the file; later commits are refused. */
  async close(): Promise<void> {
    this.refuse(new StorageUnavailable('the storage is closed'));
    await this.between(async () => {
      await this.file?.close();
      this.file = null;
    });
  }

  /** From now on every commit is refused; those under way still come to their end. */
  refuse(reason: StorageUnavailable): void {
    this.refusal ??= reason;
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
    try {
      const guarded = this.around.guard();
      if (guarded !== null) await guarded;
      if (this.failure !== null || this.file === null) await this.repair();
      const data = Buffer.from(batch.map((commit) => this.toLine(commit)).join(''));
      await this.append(data);
      this.bytes += data.length;
    } catch (error) {
      return this.giveUp(batch, error);
    }
    const before = this.durable;
    this.durable = batch.at(-1)?.seq ?? before;
    for (const commit of batch) commit.succeed();
    if (this.durable > before) this.around.onDurable();
    if (this.failing) this.around.onNotice('the journal is written again');
    this.failing = false;
  }

  private toLine(commit: Commit): string {
    const { seq, writes } = commit;
    return toJournalLine(seq, this.durable, writes.map(({ op }) => op).join(','));
  }

  private async append(data: Buffer): Promise<void> {
    const file = this.file as WritableFile;
    await writeAll(file, data);
    await file.datasync();
  }

  /** Rejects the batch and all that came after it: they were decided on top of it. */
  private async giveUp(batch: readonly Commit[], error: unknown): Promise<void> {
    const rejected = [...batch, ...this.queue];
    this.queue = [];
    this.headSeq = this.durable;
    for (const commit of rejected) commit.drop();
    this.failure ??= error;
    if (!this.failing) this.around.onNotice('the journal cannot be written', { reason: reasonOf(error) });
    this.failing = true;
    // Cut off at once what may have been written, so that it does not come back after a crash.
    await this.repair().catch((again: unknown) => (this.failure = again));
    const unavailable =
      error instanceof StorageUnavailable
        ? error
        : new StorageUnavailable(
            `${this.around.folder.journal} cannot be written: ${reasonOf(error)}`,
            error,
          );
    for (const commit of rejected) commit.fail(unavailable);
  }

  /** Makes the file end with its last durable line and ready to be appended to. */
  private async repair(): Promise<void> {
    // Not one byte of the file may be touched by a process that has lost the folder to another.
    await this.around.guard();
    // Whatever closing it says: the file is opened anew, and cut to what is known to be durable.
    await this.file?.close().catch(() => undefined);
    this.file = null;
    const { folder, openFile } = this.around;
    const file = await openFile(folder.journal, this.bytes === 0 ? 'a' : APPEND);
    try {
      await this.cutTo(file, this.bytes);
      if (this.bytes === 0) {
        const opening = Buffer.from(toJournalLine(this.durable, this.durable, ''));
        await writeAll(file, opening);
        await file.datasync();
        await syncFolder(folder.path);
        this.bytes = opening.length;
      }
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
    this.file = file;
    this.failure = null;
  }

  private async cutTo(file: WritableFile, length: number): Promise<void> {
    const { size } = await file.stat();
    if (size < length)
      throw new Error(`it was shortened from outside to ${size} bytes; ${length} were acknowledged`);
    if (size === length) return;
    await file.truncate(length);
    await file.datasync();
  }
}
