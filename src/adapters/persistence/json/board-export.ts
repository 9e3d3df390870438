import { readFile, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Board } from '../../../domain/board/board';
import type { Clock } from '../../../domain/shared/clock';
import type { DataFolder } from './data-folder';
import { isBoardExport, toBoardExport } from './documents/board-export.document';
import type { JsonState } from './json-state';
import { syncFolder, writeAll, writeWhole, type OpenFile } from './open-file';
import { hasCode, reasonOf } from './storage.errors';

/** A board that changes all the time must not keep the disk from the journal. */
const AT_MOST_EVERY_MS = 1_000;
/** After a failure it is tried again after this long. */
const AGAIN_AFTER_MS = 60_000;

export interface BoardExportSurroundings {
  readonly folder: DataFolder;
  readonly openFile: OpenFile;
  readonly clock: Clock;
  readonly stopped: AbortSignal;
  /** Rejects when the folder is no longer ours. */
  readonly guard: () => Promise<void> | null;
  readonly onNotice: (message: string, fields?: object) => void;
}

/**
 * `apps_status.json`: what the board looks like, for people and scripts. It follows the durable state and is never read as truth, so nobody waits for it
 * and no request fails with it; changes that come close together share one writing, and the last is always written.
 */
export class BoardExport {
  /** Revision of the boards that the file shows; `null` before it was first written. */
  private shown: number | null = null;
  private keepingUp: Promise<void> = Promise.resolve();
  private busy = false;
  /** The last writing failed; told once when it begins and once when it is over. */
  private failing = false;
  private inspected = false;
  private notBeforeMs = -Infinity;

  /** @param board without apps there is no file */
  constructor(
    private readonly around: BoardExportSurroundings,
    private readonly board: Board,
    private readonly state: JsonState,
  ) {}

  /** Has the file written if it does not show the boards as they are, without anybody waiting for it. */
  refresh(): void {
    if (this.busy || !this.isBehind()) return;
    this.busy = true;
    this.keepingUp = this.keepUp();
  }

  /** Writes the last state, after everything else was stopped. A failure is told; the next start writes it. */
  async close(): Promise<void> {
    await this.keepingUp;
    if (this.isBehind()) await this.tryToWrite();
  }

  /** A copy of what the file shows or is about to show. @returns its path; `null` without apps */
  async backUp(now: Date): Promise<string | null> {
    if (this.board.apps.length === 0) return null;
    const path = this.around.folder.boardBackup(now);
    await this.replace(path);
    return path;
  }

  private isBehind(): boolean {
    return this.board.apps.length > 0 && this.shown !== this.state.boardRevision;
  }

  private async keepUp(): Promise<void> {
    const { clock, stopped } = this.around;
    while (this.isBehind() && !stopped.aborted) {
      const waitMs = this.notBeforeMs - clock.monotonicMs();
      if (waitMs > 0) {
        await clock.sleep(waitMs, stopped);
      } else {
        const beganMs = clock.monotonicMs();
        const done = await this.tryToWrite();
        this.notBeforeMs = beganMs + (done ? AT_MOST_EVERY_MS : AGAIN_AFTER_MS);
      }
    }
    this.busy = false;
  }

  private async tryToWrite(): Promise<boolean> {
    const { folder, onNotice } = this.around;
    try {
      if (!this.inspected) await this.setAsideWhatIsNoExport();
      this.inspected = true;
      this.shown = await this.replace(folder.boardExport);
      await syncFolder(folder.path);
      if (this.failing) onNotice('apps_status.json is written again');
      this.failing = false;
      return true;
    } catch (error) {
      if (!this.failing)
        onNotice('apps_status.json cannot be written; it is tried again', { reason: reasonOf(error) });
      this.failing = true;
      return false;
    }
  }

  /** @returns the revision that it shows */
  private async replace(path: string): Promise<number> {
    const { openFile, guard } = this.around;
    const temporary = `${path}.tmp`;
    let revision = this.state.boardRevision;
    await writeWhole(temporary, openFile, (file) => {
      revision = this.state.boardRevision;
      return writeAll(file, Buffer.from(this.toText()));
    });
    await guard();
    await rename(temporary, path);
    return revision;
  }

  private toText(): string {
    const states = Array.from(this.state.boards.entries(), ([, state]) => state);
    return `${JSON.stringify(toBoardExport(this.board, states), null, 2)}\n`;
  }

  /** What lies there at the start and was not made by us may be somebody's only copy. */
  private async setAsideWhatIsNoExport(): Promise<void> {
    const { folder, clock, guard, onNotice } = this.around;
    const fault = await faultOf(folder.boardExport);
    if (fault === null) return;
    const aside = folder.damaged(folder.boardExport, clock.now());
    await guard();
    await rename(folder.boardExport, aside);
    onNotice(
      `apps_status.json was not as Vesper writes it and is now ${basename(aside)}; it is written anew from the journal's state`,
      { reason: fault },
    );
  }
}

/** @returns `null` for an export, and when there is nothing */
async function faultOf(path: string): Promise<string | null> {
  try {
    return isBoardExport(JSON.parse(await readFile(path, 'utf8'))) ? null : 'it is no export of the board';
  } catch (error) {
    return hasCode(error, 'ENOENT') ? null : reasonOf(error);
  }
}
