import { constants } from 'node:fs';
import { access, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FOLDER_MODE } from './open-file';
import { FolderUnusable, reasonOf } from './storage.errors';

const SEGMENT = /^journal-(\d+)\.jsonl$/;
/** Temporary files, and claims to the lock of a process that has died. */
const LEFTOVER = /\.tmp$|^vesper\.lock\../;
const BACKUP = /^state-\d{8}T\d{9}Z\.json$/;
const BOARD_BACKUP = /^apps_status-\d{8}T\d{9}Z\.json$/;

/** A journal that was closed; `firstSeq` is the number of its first commit. */
export interface Segment {
  readonly path: string;
  readonly firstSeq: number;
}

/** What lies where in DATA_DIR. */
export class DataFolder {
  readonly journal: string;
  readonly state: string;
  /** A snapshot in the making. */
  readonly newState: string;
  readonly lock: string;
  /** What the board looks like, for people. */
  readonly boardExport: string;
  readonly backups: string;
  /** The snapshot before `state`; the segments since then are kept with it. */
  readonly previousState: string;

  constructor(readonly path: string) {
    this.journal = join(path, 'journal.jsonl');
    this.state = join(path, 'state.json');
    this.newState = join(path, 'state.json.tmp');
    this.lock = join(path, 'vesper.lock');
    this.boardExport = join(path, 'apps_status.json');
    this.backups = join(path, 'backups');
    this.previousState = join(this.backups, 'previous.json');
  }

  /** @throws FolderUnusable when it cannot be created, read or written */
  async prepare(): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true, mode: FOLDER_MODE });
      await access(this.path, constants.R_OK | constants.W_OK | constants.X_OK);
      await mkdir(this.backups, { recursive: true, mode: FOLDER_MODE });
    } catch (error) {
      throw new FolderUnusable(
        `DATA_DIR ${this.path} cannot be used: ${reasonOf(error)}. ` +
          'It must be a folder that this user may create, read and write.',
        error,
      );
    }
  }

  segment(firstSeq: number): string {
    return join(this.path, `journal-${firstSeq}.jsonl`);
  }

  /** Oldest first. */
  async listSegments(): Promise<Segment[]> {
    const names = await readdir(this.path);
    return names
      .flatMap((name) => {
        const firstSeq = SEGMENT.exec(name)?.[1];
        return firstSeq === undefined ? [] : [{ path: join(this.path, name), firstSeq: Number(firstSeq) }];
      })
      .sort((a, b) => a.firstSeq - b.firstSeq);
  }

  /** Where the backup of this moment belongs. */
  backup(now: Date): string {
    return join(this.backups, `state-${compact(now)}.json`);
  }

  /** Where the copy of the board's export of this moment belongs. */
  boardBackup(now: Date): string {
    return join(this.backups, `apps_status-${compact(now)}.json`);
  }

  /** The name under which a damaged file is kept. */
  aside(path: string, now: Date): string {
    return `${path}.corrupt-${compact(now)}`;
  }

  /** The name under which a file is kept that somebody else may have made. */
  damaged(path: string, now: Date): string {
    return `${path}.damaged-${compact(now)}`;
  }

  /** The hourly backups, newest first. */
  async listBackups(): Promise<string[]> {
    return this.listInBackups(BACKUP);
  }

  /** The hourly copies of the board's export, newest first. */
  async listBoardBackups(): Promise<string[]> {
    return this.listInBackups(BOARD_BACKUP);
  }

  /** Removes what a crash left half made; to be called by the owner of the folder only. */
  async removeLeftovers(): Promise<void> {
    for (const folder of [this.path, this.backups]) {
      for (const name of await readdir(folder)) {
        if (LEFTOVER.test(name)) await rm(join(folder, name), { force: true });
      }
    }
  }

  private async listInBackups(pattern: RegExp): Promise<string[]> {
    const names = await readdir(this.backups);
    return names
      .filter((name) => pattern.test(name))
      .sort()
      .reverse()
      .map((name) => join(this.backups, name));
  }
}

function compact(instant: Date): string {
  return instant.toISOString().replaceAll(/[-:.]/g, '');
}
