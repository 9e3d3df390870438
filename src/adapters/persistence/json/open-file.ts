import { open, rm } from 'node:fs/promises';

/** Owner writes, group reads (spec 60). */
export const FILE_MODE = 0o640;
export const FOLDER_MODE = 0o750;

/** The part of a file handle that storage writes through. */
export interface WritableFile {
  write(data: Uint8Array): Promise<{ readonly bytesWritten: number }>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  stat(): Promise<{ readonly size: number; readonly ino: number }>;
  close(): Promise<void>;
}

/** Port: how files are opened for writing. Tests put a disk in its place that fills up and fails. */
export type OpenFile = (path: string, flags: string | number) => Promise<WritableFile>;

export const openOnDisk: OpenFile = (path, flags) => open(path, flags, FILE_MODE);

/** A single write may take less than it was given, on a full disk for instance. */
export async function writeAll(file: WritableFile, data: Uint8Array): Promise<void> {
  for (let rest = data; rest.length > 0;) {
    const { bytesWritten } = await file.write(rest);
    rest = rest.subarray(bytesWritten);
  }
}

/** Writes a whole new file to the disk. What cannot be finished is removed: a full disk needs its room. */
export async function writeWhole(
  path: string,
  openFile: OpenFile,
  fill: (file: WritableFile) => Promise<void>,
): Promise<void> {
  const file = await openFile(path, 'w');
  try {
    await fill(file);
    await file.datasync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Makes what was created, renamed or deleted in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
