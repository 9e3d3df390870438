import { mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { FOLDER_MODE, syncFolder, writeAll, writeWhole, type OpenFile } from './open-file';
import { hasCode } from './storage.errors';

/** Ends the name of a file that is being rewritten. */
const TEMPORARY = '.tmp';
const DAY = /^\d{4}-\d\d-\d\d$/;
const NEWLINE = 0x0a;

/**
 * Lines of JSON in one folder a day (UTC) and, within it, one file a bucket. A chunk begins with a newline, so that a line torn by a crash harms only itself;
 * whatever is not a whole line is for the reader to skip.
 */
export class ArchiveFiles {
  private readonly knownDays = new Set<string>();
  /** Files and folders whose last changes may not be on the disk yet. */
  private readonly unsyncedFiles = new Set<string>();
  private readonly unsyncedFolders = new Set<string>();

  constructor(
    readonly folder: string,
    private readonly buckets: number,
    private readonly openFile: OpenFile,
  ) {}

  bucketOf(key: string): string {
    return (crc32(key) % this.buckets).toString(16).padStart(2, '0');
  }

  /** Newest first. */
  async listDays(): Promise<string[]> {
    const names = await readdir(this.folder).catch(orIfMissing<string[]>([]));
    return names
      .filter((name) => DAY.test(name))
      .sort()
      .reverse();
  }

  async append(day: string, bucket: string, lines: readonly string[]): Promise<void> {
    await this.makeFolder(day);
    const path = this.pathOf(day, bucket);
    const file = await this.openFile(path, 'a');
    try {
      this.unsyncedFiles.add(path);
      await writeAll(file, Buffer.from(`\n${lines.join('\n')}\n`));
    } finally {
      await file.close();
    }
  }

  /** Makes all that was appended durable. */
  async sync(): Promise<void> {
    for (const path of this.unsyncedFiles) {
      const file = await this.openFile(path, 'a');
      try {
        await file.datasync();
      } finally {
        await file.close();
      }
      this.unsyncedFiles.delete(path);
    }
    for (const path of this.unsyncedFolders) {
      await syncFolder(path);
      this.unsyncedFolders.delete(path);
    }
  }

  /** The lines of one bucket, or of all, that contain every one of the texts. A cheap filter: they may stand anywhere in the line. */
  async readLines(day: string, bucket: string | null, texts: readonly string[]): Promise<string[]> {
    const paths = bucket === null ? await this.listFiles(day) : [this.pathOf(day, bucket)];
    const lines: string[] = [];
    for (const path of paths) {
      const data = await readFile(path).catch(orIfMissing(Buffer.alloc(0)));
      for (const line of linesWith(data, texts)) lines.push(line);
    }
    return lines;
  }

  /**
   * Rewrites one day without the lines that are not to be kept; files and folders that become empty are deleted.
   * @param signal once aborted, the files that are left stay as they are
   */
  async prune(day: string, keeps: (line: string) => boolean, signal: AbortSignal): Promise<void> {
    // A crash during the last rewriting may have left some.
    for (const path of await this.listFiles(day, TEMPORARY)) await rm(path);
    for (const path of await this.listFiles(day)) {
      if (signal.aborted) return;
      const lines = [...linesWith(await readFile(path), [])];
      const kept = lines.filter(keeps);
      if (kept.length === lines.length && kept.length > 0) continue;
      if (kept.length > 0) await this.replace(path, kept);
      else await rm(path);
      this.unsyncedFiles.delete(path);
    }
    await this.removeFolderIfEmpty(day);
  }

  private async replace(path: string, lines: readonly string[]): Promise<void> {
    const temporary = `${path}${TEMPORARY}`;
    const content = Buffer.from(`${lines.join('\n')}\n`);
    await writeWhole(temporary, this.openFile, (file) => writeAll(file, content));
    await rename(temporary, path);
    await syncFolder(join(path, '..'));
  }

  private async removeFolderIfEmpty(day: string): Promise<void> {
    const path = join(this.folder, day);
    try {
      await rmdir(path);
    } catch (error) {
      if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return;
      throw error;
    }
    this.knownDays.delete(day);
    this.unsyncedFolders.delete(path);
  }

  private async makeFolder(day: string): Promise<void> {
    if (this.knownDays.has(day)) return;
    await mkdir(join(this.folder, day), { recursive: true, mode: FOLDER_MODE });
    this.unsyncedFolders.add(join(this.folder, day)).add(this.folder).add(join(this.folder, '..'));
    this.knownDays.add(day);
  }

  private async listFiles(day: string, ending = '.jsonl'): Promise<string[]> {
    const names = await readdir(join(this.folder, day)).catch(orIfMissing<string[]>([]));
    return names.filter((name) => name.endsWith(ending)).map((name) => join(this.folder, day, name));
  }

  private pathOf(day: string, bucket: string): string {
    return join(this.folder, day, `${bucket}.jsonl`);
  }
}

function* linesWith(data: Buffer, texts: readonly string[]): Generator<string> {
  const [first = '', ...others] = texts;
  const needle = Buffer.from(first);
  for (let at = 0; at < data.length;) {
    const hit = needle.length === 0 ? at : data.indexOf(needle, at);
    if (hit === -1) return;
    const begins = hit === 0 ? 0 : data.lastIndexOf(NEWLINE, hit - 1) + 1;
    const newline = data.indexOf(NEWLINE, hit);
    const ends = newline === -1 ? data.length : newline;
    const line = data.toString('utf8', begins, ends);
    if (line !== '' && others.every((text) => line.includes(text))) yield line;
    at = ends + 1;
  }
}

function orIfMissing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (hasCode(error, 'ENOENT')) return instead;
    throw error;
  };
}
