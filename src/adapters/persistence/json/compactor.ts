import { copyFile, link, readFile, rename, rm } from 'node:fs/promises';
import { StorageUnavailable } from '../../../domain/shared/errors';
import type { Clock } from '../../../domain/shared/clock';
import type { BoardExport } from './board-export';
import type { DataFolder } from './data-folder';
import type { Journal } from './journal';
import type { JsonState } from './json-state';
import { syncFolder, writeAll, writeWhole, type OpenFile } from './open-file';
import { readSnapshot, readSnapshotSeq, writeSnapshot } from './snapshot';
import { hasCode, reasonOf } from './storage.errors';

/** After a failure it is tried again after this long. */
const AGAIN_AFTER_MS = 60_000;
/** Hourly backups that are kept (spec 60). */
const BACKUPS_KEPT = 24;

export interface CompactorSurroundings {
  readonly folder: DataFolder;
  readonly journal: Journal;
  readonly state: JsonState;
  readonly boardExport: BoardExport;
  readonly openFile: OpenFile;
  readonly clock: Clock;
  readonly stopped: AbortSignal;
  /** Rejects when the folder is no longer ours. */
  readonly guard: () => Promise<void> | null;
  readonly lastUpdate: () => Date | null;
  readonly onNotice: (message: string, fields?: object) => void;
}

/**
 * Turns journals into snapshots, while requests go on. At every moment of it the folder can be recovered, and also afterwards without the new snapshot:
 * the one before it is kept, with the journals since.
 */
export class Compactor {
  private last: Promise<unknown> = Promise.resolve();
  private stateLength = 0;
  private failure: unknown = null;
  private inBackground = false;

  /** @param stateSeq number up to which `state.json` reaches */
  constructor(
    private readonly around: CompactorSurroundings,
    private stateSeq: number | null,
  ) {}

  /** Why the last snapshot could not be written; `null` when it could. */
  get lastFailure(): string | null {
    return this.failure === null ? null : reasonOf(this.failure);
  }

  /** In the background, when the journal is longer than the limit and than the last snapshot: so no byte is written more than about twice. */
  compactIfLong(journalBytes: number, limitBytes: number): void {
    if (journalBytes > Math.max(limitBytes, this.stateLength)) this.compactInBackground();
  }

  /** Writes a new `state.json` if anything has happened since the last. Rejects when it cannot; then nothing is lost, the journals are still there. */
  compact(): Promise<void> {
    return this.inTurn(() => this.run());
  }

  /** The same without anybody waiting for it. A failure is told, shows in the health, and is tried again after a while. */
  compactInBackground(): void {
    if (this.inBackground) return;
    this.inBackground = true;
    void this.compactUntilDone().finally(() => (this.inBackground = false));
  }

  /** The journal is gone, so the next snapshot is all that leads up to what comes: one under way may be too old. */
  compactAfterLoss(): void {
    this.around.onNotice('journal.jsonl was removed, replaced or shortened by somebody; a new one was begun');
    this.compact().catch(() => this.compactInBackground());
  }

  /** Keeps a copy of the board's export beside it. @returns the path of a fresh copy of the whole state */
  backUp(now: Date): Promise<string> {
    return this.inTurn(() => this.makeBackup(now));
  }

  private async makeBackup(now: Date): Promise<string> {
    const { folder, boardExport } = this.around;
    const path = folder.backup(now);
    try {
      await this.run();
      await this.copy(folder.state, path);
      await boardExport.backUp(now);
      await syncFolder(folder.backups);
      for (const made of [await folder.listBackups(), await folder.listBoardBackups()])
        for (const old of made.slice(BACKUPS_KEPT)) await rm(old);
    } catch (error) {
      throw new StorageUnavailable(`no backup could be made: ${reasonOf(error)}`, error);
    }
    return path;
  }

  /** One change of the snapshots at a time. */
  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.last.then(task);
    this.last = result.catch(() => undefined);
    return result;
  }

  private async compactUntilDone(): Promise<void> {
    const { clock, stopped } = this.around;
    while (!stopped.aborted) {
      const done = await this.compact().then(
        () => true,
        () => false,
      );
      if (done) return;
      await clock.sleep(AGAIN_AFTER_MS, stopped);
    }
  }

  private async run(): Promise<void> {
    try {
      await this.replaceState();
      this.failure = null;
    } catch (error) {
      this.failure = error;
      this.around.onNotice('no snapshot could be written; the journals are kept', {
        reason: reasonOf(error),
      });
      throw error;
    }
  }

  private async replaceState(): Promise<void> {
    const { folder, journal, state, openFile, lastUpdate } = this.around;
    const { seq, records } = await journal.between(async (file) => {
      await file.rotate();
      return { seq: file.durableSeq, records: state.copy() };
    });
    await state.archives.fileDurably();
    if (seq === this.stateSeq) return;
    const header = {
      format: 'vesper-state',
      version: 1,
      seq,
      lastUpdate: lastUpdate()?.toISOString() ?? null,
    } as const;
    const length = await writeSnapshot(folder.newState, header, records, openFile);
    await this.around.guard();
    await this.keepPrevious();
    await rename(folder.newState, folder.state);
    await syncFolder(folder.path);
    this.stateSeq = seq;
    this.stateLength = length;
    await this.pruneSegments();
  }

  /** `state.json` stays where it is until the new one takes its place in one step. */
  private async keepPrevious(): Promise<void> {
    const { folder } = this.around;
    // A snapshot that has gone bad since it was written must not take the place of a whole one.
    const current = await readSnapshot(folder.state).catch(() => null);
    if (current === null) return;
    const temporary = `${folder.previousState}.tmp`;
    await rm(temporary, { force: true });
    await link(folder.state, temporary).catch(async (error: unknown) => {
      if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
      await copyFile(folder.state, temporary);
    });
    await rename(temporary, folder.previousState);
    await syncFolder(folder.backups);
  }

  private async copy(from: string, to: string): Promise<void> {
    const temporary = `${to}.tmp`;
    const content = await readFile(from);
    await writeWhole(temporary, this.around.openFile, (file) => writeAll(file, content));
    await rename(temporary, to);
  }

  /** Deletes the segments that the previous snapshot has in it already. */
  private async pruneSegments(): Promise<void> {
    const { folder } = this.around;
    const previousSeq = (await readSnapshotSeq(folder.previousState)) ?? 0;
    const segments = await folder.listSegments();
    for (const [index, { path }] of segments.entries()) {
      const nextFirst = segments[index + 1]?.firstSeq ?? (this.stateSeq ?? 0) + 1;
      if (nextFirst - 1 <= previousSeq) await rm(path);
    }
  }
}
