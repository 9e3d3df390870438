import { rename, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DataFolder, Segment } from './data-folder';
import type { JournalPosition } from './journal-file';
import { readOpeningSeq, replayJournals, type JournalEnd } from './journal-reader';
import type { JsonState } from './json-state';
import { readSnapshot, readSnapshotSeq, type Snapshot } from './snapshot';
import { FolderUnusable, hasCode, NoUsableSnapshot, reasonOf, StorageRefusal } from './storage.errors';

/** What was found in the folder. */
export interface Recovery {
  readonly position: JournalPosition;
  /** Number up to which `state.json` reaches; `null` when there is none. */
  readonly stateSeq: number | null;
  readonly lastUpdate: Date | null;
  /** `state.json` was not usable, and everything came from an older snapshot and the journals. */
  readonly recovered: boolean;
  /** For the operator. */
  readonly notices: readonly string[];
}

interface Base {
  readonly path: string | null;
  readonly snapshot: Snapshot | null;
  /** Snapshots that are there but damaged. */
  readonly damaged: readonly string[];
}

/**
 * Fills the state from the newest whole snapshot and the journals since.
 * @throws CorruptJournal, NoUsableSnapshot when acknowledged writes would be lost; nothing in the folder was changed then
 */
export async function recover(folder: DataFolder, state: JsonState, now: Date): Promise<Recovery> {
  const base = await chooseBase(folder);
  const baseSeq = base.snapshot?.header.seq ?? 0;
  const paths = await journalsSince(folder, baseSeq, base);
  for (const { t, k, v } of base.snapshot?.records ?? []) state.restore(t, k, v);
  const end = await replayJournals(paths, baseSeq, ({ ops }) => {
    for (const op of ops) state.replay(op);
  });
  await demandNothingBeyond(folder, base, end.lastSeq);
  const recovered = base.damaged.includes(folder.state) || (base.path !== null && base.path !== folder.state);
  return {
    position: {
      durableSeq: end.lastSeq,
      firstSeq: end.firstSeq,
      length: end.length,
    },
    stateSeq: base.path === folder.state ? baseSeq : null,
    lastUpdate: await lastUpdateOf(folder, base, end.lastSeq > baseSeq),
    recovered,
    notices: [...(await setAside(folder, base, now)), ...describe(folder, base, end)],
  };
}

/** `state.json` when it is whole, else the newest other snapshot that is. */
async function chooseBase(folder: DataFolder): Promise<Base> {
  const damaged: string[] = [];
  const others = [folder.previousState, ...(await folder.listBackups())];
  for (const path of [folder.state, ...(await newestFirst(others))]) {
    const snapshot = await readIfThere(path);
    if (snapshot === 'missing') continue;
    if (snapshot !== null) return { path, snapshot, damaged };
    damaged.push(path);
  }
  return { path: null, snapshot: null, damaged };
}

async function newestFirst(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => ({ path, seq: (await readSnapshotSeq(path)) ?? -1 })),
  );
  return found.sort((a, b) => b.seq - a.seq).map(({ path }) => path);
}

async function readIfThere(path: string): Promise<Snapshot | 'missing' | null> {
  try {
    return await readSnapshot(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'missing';
    if (error instanceof StorageRefusal) throw error;
    throw new FolderUnusable(`${path} cannot be read: ${reasonOf(error)}`, error);
  }
}

/** The journals that hold what came after `seq`, oldest first. */
async function journalsSince(folder: DataFolder, seq: number, base: Base): Promise<string[]> {
  const segments = await folder.listSegments();
  const opening = await readOpeningSeq(folder.journal);
  const firstSeqs = segments.map(({ firstSeq }) => firstSeq);
  const first = firstSeqs[0] ?? (opening === null ? null : opening + 1);
  if (first !== null && first > seq + 1) throw noWayUpTo(folder, base, seq, first);
  if (first === null && base.snapshot === null && base.damaged.length > 0) throw nothingLeft(folder, base);
  const nextFirst = (index: number) => firstSeqs[index + 1] ?? (opening === null ? Infinity : opening + 1);
  const needed = segments.filter((_segment: Segment, index) => nextFirst(index) > seq + 1);
  return [...needed.map(({ path }) => path), folder.journal];
}

function noWayUpTo(folder: DataFolder, base: Base, seq: number, first: number): NoUsableSnapshot {
  const found = base.path === null ? 'no snapshot is usable' : `the newest usable snapshot is ${base.path}`;
  const goOn =
    base.path === null
      ? 'Restore state.json from a copy of the folder.'
      : `Restore state.json from a copy of the folder; or, to go back to that snapshot and lose what came after it, ` +
        `move state.json and all journal*.jsonl away and copy ${base.path} to ${folder.state}.`;
  return new NoUsableSnapshot(
    `${folder.path}: ${found}${damagedList(base)}, and the journals begin only with commit ${first}: ` +
      `commits ${seq + 1} to ${first - 1} would be lost. Nothing was changed. ${goOn}`,
  );
}

function nothingLeft(folder: DataFolder, base: Base): NoUsableSnapshot {
  return new NoUsableSnapshot(
    `${folder.path}: no snapshot is usable${damagedList(base)} and there is no journal. Nothing was changed. ` +
      'Restore state.json from a copy of the folder; or, to begin with nothing, move the damaged files away.',
  );
}

/** A damaged `state.json` may still say how far it reached: when that is further than what was found, its journals are missing. */
async function demandNothingBeyond(folder: DataFolder, { damaged }: Base, lastSeq: number): Promise<void> {
  if (!damaged.includes(folder.state)) return;
  const reached = await readSnapshotSeq(folder.state);
  if (reached === null || reached <= lastSeq) return;
  throw new NoUsableSnapshot(
    `${folder.state} is damaged and reached to commit ${reached}, but everything else ends with commit ${lastSeq}: commits ` +
      `${lastSeq + 1} to ${reached} would be lost. Nothing was changed. Restore state.json from a copy of the folder; or, to lose those ` +
      'commits and go on with what there is, move state.json away.',
  );
}

function damagedList({ damaged }: Base): string {
  return damaged.length === 0 ? '' : ` (damaged: ${damaged.join(', ')})`;
}

/** A damaged `state.json` gets another name; it is never deleted. */
async function setAside(folder: DataFolder, base: Base, now: Date): Promise<string[]> {
  if (!base.damaged.includes(folder.state)) return [];
  const aside = folder.aside(folder.state, now);
  await rename(folder.state, aside);
  const instead = base.path === null ? 'the journals alone' : base.path;
  return [
    `state.json was damaged and is now ${basename(aside)}; everything was recovered from ${instead} and the journals`,
  ];
}

function describe(folder: DataFolder, base: Base, { length, lastSeq, tornBytes }: JournalEnd): string[] {
  const notices = [];
  if (tornBytes > 0)
    notices.push(
      `the last write to journal.jsonl was interrupted: ${tornBytes} bytes that belong to no acknowledged request were cut off`,
    );
  if (base.path === folder.state && length === 0 && lastSeq === base.snapshot?.header.seq)
    notices.push(
      'there was no journal beside state.json: whatever was written after that snapshot is not there',
    );
  return notices;
}

async function lastUpdateOf(folder: DataFolder, base: Base, wentOn: boolean): Promise<Date | null> {
  const fromSnapshot = base.snapshot?.header.lastUpdate ?? null;
  if (!wentOn) return fromSnapshot === null ? null : new Date(fromSnapshot);
  const file = await stat(folder.journal).catch(() => null);
  return file?.mtime ?? null;
}
