/** Reasons for which the store refuses to open. They reach the operator's terminal, so each says what to do. */
export abstract class StorageRefusal extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
  }
}

/** Another process works in the folder. */
export class FolderInUse extends StorageRefusal {}

/** The folder cannot be created, read or written. */
export class FolderUnusable extends StorageRefusal {}

/** A journal is damaged in a place where acknowledged writes would be lost. Nothing was changed. */
export class CorruptJournal extends StorageRefusal {}

/** Neither snapshot nor backup leads up to the journals. Nothing was changed. */
export class NoUsableSnapshot extends StorageRefusal {}

/** What is there was written by a version of Vesper that knows more than this one. */
export class UnknownFormat extends StorageRefusal {}

/** The text of an error of whatever kind, for messages. */
export function reasonOf(error: unknown): string {
  return hasField(error, 'message') ? String(error.message) : String(error);
}

/** Whether a file system call failed with one of these codes, e.g. `ENOENT`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return hasField(error, 'code') && codes.includes(String(error.code));
}

/** By shape: the file system's errors may come from another realm, whose `Error` is not ours. */
function hasField<Name extends string>(error: unknown, name: Name): error is Record<Name, unknown> {
  return typeof error === 'object' && error !== null && name in error;
}
