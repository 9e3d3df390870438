import { constants } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { StorageUnavailable } from '../../../domain/shared/errors';
import type { Clock } from '../../../domain/shared/clock';
import type { DataFolder } from './data-folder';
import { toJournalLine } from './journal-line';
import { syncFolder, writeAll, type OpenFile, type WritableFile } from './open-file';
import { hasCode } from './storage.errors';

/** Where the journal stands when it is opened. */
export interface JournalPosition {
  /** Number of the last commit on the disk. */
  readonly durableSeq: number;
  /** Number of the first commit in `journal.jsonl`. */
  readonly firstSeq: number;
  /** Its length up to the end of its last good line; 0 when it must be begun. */
  readonly length: number;
}

export interface JournalFileSurroundings {
  readonly folder: DataFolder;
  readonly openFile: OpenFile;
  readonly clock: Clock;
  /** Asked before anything is written; a rejection forbids it. `null` where nothing need be waited for. */
  readonly guard: () => Promise<void> | null;
  /** Somebody removed, replaced or shortened the file. A new one was begun; only a snapshot leads up to it. */
  readonly onTornAway: () => void;
}

/** Append, never create: a journal that vanished must be noticed. */
const APPEND = constants.O_WRONLY | constants.O_APPEND;
const CONFIRMED_EVERY_MS = 2_000;

/**
 * `journal.jsonl`, of which only what is durable counts. After a failure it is cut back to that before anything else is written, so it recovers by itself;
 * and what is done to it from outside is noticed while memory still holds everything.
 */
export class JournalFile {
  private file: WritableFile | null = null;
  private inode: number | null = null;
  private durable: number;
  private first: number;
  private bytes: number;
  private closed = false;
  private confirmedAtMs = 0;

  constructor(
    private readonly around: JournalFileSurroundings,
    position: JournalPosition,
  ) {
    this.durable = position.durableSeq;
    this.first = position.firstSeq;
    this.bytes = position.length;
  }

  /** Number of the last commit that is surely on the disk. */
  get durableSeq(): number {
    return this.durable;
  }

  get length(): number {
    return this.bytes;
  }

  /** Writes lines up to commit `lastSeq` and waits until they are on the disk. */
  async append(lines: Buffer, lastSeq: number): Promise<void> {
    const guarded = this.around.guard();
    if (guarded !== null) await guarded;
    let file = this.file ?? (await this.repair());
    if (this.around.clock.monotonicMs() - this.confirmedAtMs >= CONFIRMED_EVERY_MS)
      file = await this.confirm(file);
    try {
      await writeAll(file, lines);
      await file.datasync();
    } catch (error) {
      await this.letGo();
      throw error;
    }
    this.bytes += lines.length;
    this.durable = lastSeq;
  }

  /** Makes the file end with its last durable line and ready to be appended to. */
  async repair(): Promise<WritableFile> {
    if (this.closed) throw new StorageUnavailable('the storage is closed');
    // Not one byte of the file may be touched by a process that has lost the folder to another.
    await this.around.guard();
    await this.letGo();
    const { folder, openFile, clock } = this.around;
    if (this.bytes > 0 && !(await this.isWhole())) await this.beginAnew();
    const file = await openFile(folder.journal, this.bytes === 0 ? 'a' : APPEND);
    try {
      await this.cut(file);
      if (this.bytes === 0) await this.writeOpening(file);
      this.inode = (await file.stat()).ino;
    } catch (error) {
      await file.close();
      throw error;
    }
    this.confirmedAtMs = clock.monotonicMs();
    this.file = file;
    return file;
  }

  /** Closes the file as a segment and begins a new one; does nothing while it holds no commit. */
  async rotate(): Promise<void> {
    if (this.file === null) await this.repair();
    await this.around.guard();
    if (this.durable < this.first) return;
    const { folder } = this.around;
    await rename(folder.journal, folder.segment(this.first));
    this.first = this.durable + 1;
    this.bytes = 0;
    await this.repair();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.letGo();
  }

  /** Whatever closing it says: before it is used again it is opened anew, and cut to what is known to be durable. */
  private async letGo(): Promise<void> {
    await this.file?.close().catch(() => undefined);
    this.file = null;
  }

  private async confirm(file: WritableFile): Promise<WritableFile> {
    this.confirmedAtMs = this.around.clock.monotonicMs();
    return (await this.isWhole()) ? file : this.repair();
  }

  private async isWhole(): Promise<boolean> {
    try {
      const { ino, size } = await stat(this.around.folder.journal);
      return (this.inode === null || ino === this.inode) && size >= this.bytes;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  /** What is left of the file is kept under another name. Until the next snapshot is written, a start would be refused: the numbers have a gap. */
  private async beginAnew(): Promise<void> {
    const { folder, clock } = this.around;
    await rename(folder.journal, folder.aside(folder.journal, clock.now())).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
    });
    this.first = this.durable + 1;
    this.bytes = 0;
    this.inode = null;
    this.around.onTornAway();
  }

  private async writeOpening(file: WritableFile): Promise<void> {
    const opening = Buffer.from(toJournalLine(this.durable, this.durable, ''));
    await writeAll(file, opening);
    await file.datasync();
    await syncFolder(this.around.folder.path);
    this.bytes = opening.length;
  }

  private async cut(file: WritableFile): Promise<void> {
    const { size } = await file.stat();
    if (size === this.bytes) return;
    await file.truncate(this.bytes);
    await file.datasync();
  }
}
