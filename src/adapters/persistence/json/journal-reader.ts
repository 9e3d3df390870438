import { open, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseJournalLine, type JournalLine } from './journal-line';
import { CorruptJournal, hasCode } from './storage.errors';

const NEWLINE = 0x0a;

/** A line as it lies in its file. */
interface RawLine {
  /** 1 for the first. */
  readonly number: number;
  readonly begins: number;
  readonly ends: number;
  /** `null` when it does not verify. */
  readonly line: JournalLine | null;
}

/** What came of reading the journals to their end. */
export interface Replay {
  /** Number of the last commit. */
  readonly lastSeq: number;
  /** Number of the first commit of the last file; one above `lastSeq` when it holds none. */
  readonly firstSeq: number;
  /** Length of the last file up to the end of its last good line; 0 when it is missing or has none. */
  readonly length: number;
  /** Commits read, those that the snapshot already had not counted. */
  readonly replayed: number;
  /** Bytes after that which belong to no acknowledged commit. */
  readonly tornBytes: number;
}

/**
 * Reads journals in order and hands each line after `afterSeq` on.
 * @param paths oldest first; the last is the one that was being written
 * @throws CorruptJournal where acknowledged commits are missing or damaged; nothing was changed then
 */
export async function replayJournals(
  paths: readonly string[],
  afterSeq: number,
  onLine: (line: JournalLine) => void,
): Promise<Replay> {
  let lastSeq = afterSeq;
  let replay: Replay = { lastSeq, firstSeq: lastSeq + 1, length: 0, replayed: 0, tornBytes: 0 };
  for (const path of paths) {
    const data = await readJournal(path);
    let { replayed } = replay;
    let firstSeq: number | null = null;
    let length = 0;
    for (const raw of rawLines(data)) {
      if (raw.line === null) {
        await refuseIfAcknowledged(path, data, raw, lastSeq, paths);
        break;
      }
      const { seq, ops } = raw.line;
      length = raw.ends;
      if (seq <= afterSeq && seq <= lastSeq) {
        if (ops.length > 0) firstSeq ??= seq;
        continue;
      }
      if (seq !== (ops.length === 0 ? lastSeq : lastSeq + 1)) throw gap(path, raw, raw.line, lastSeq);
      if (ops.length === 0) continue;
      onLine(raw.line);
      firstSeq ??= seq;
      lastSeq = seq;
      replayed++;
    }
    replay = {
      lastSeq,
      firstSeq: firstSeq ?? lastSeq + 1,
      length,
      replayed,
      tornBytes: data.length - length,
    };
  }
  return replay;
}

/**
 * A line that does not verify is what a crash leaves when it interrupts a write: then neither it nor anything after it was acknowledged. If a later line
 * says that it was on the disk, or if it lies in a file that was closed in order, it was damaged since.
 */
async function refuseIfAcknowledged(
  path: string,
  data: Buffer,
  bad: RawLine,
  lastSeq: number,
  paths: readonly string[],
): Promise<void> {
  const laterPaths = paths.slice(paths.indexOf(path) + 1);
  const later = [...rawLines(data, bad)];
  for (const laterPath of laterPaths) later.push(...rawLines(await readJournal(laterPath)));
  const lines = later.map(({ line }) => line).filter((line) => line !== null);
  const durable = lines.reduce((highest, line) => Math.max(highest, line.durable), 0);
  const wasClosed = laterPaths.length > 0;
  if (durable <= lastSeq && !wasClosed) return;
  const last = lines.reduce((highest, line) => Math.max(highest, line.seq), Math.max(durable, lastSeq + 1));
  throw new CorruptJournal(
    `${path}, line ${bad.number} (byte ${bad.begins}) is damaged, and it was acknowledged: commits ${lastSeq + 1} to ${last} would be lost. ` +
      `Nothing was changed. Restore the file from a copy of the folder; or, to go on without these commits, ` +
      `keep a copy and run: truncate -s ${bad.begins} ${JSON.stringify(path)}` +
      (wasClosed ? `, and move away ${laterPaths.map((later) => basename(later)).join(', ')}.` : '.'),
  );
}

function gap(path: string, raw: RawLine, line: JournalLine, lastSeq: number): CorruptJournal {
  const nextSeq = line.ops.length === 0 ? line.seq + 1 : line.seq;
  const fault =
    nextSeq > lastSeq + 1
      ? `commits ${lastSeq + 1} to ${nextSeq - 1} are missing before`
      : `commit ${line.seq} is out of order in`;
  return new CorruptJournal(
    `${fault} line ${raw.number} of ${path}. Nothing was changed. Restore the journal-<number>.jsonl files from a copy of the folder; ` +
      `or, to go on with the state of commit ${lastSeq}, keep a copy of the folder and move this file and all journals after it away.`,
  );
}

/** The number before the first commit of a journal, as its opening line says. @returns `null` when it has none */
export async function readOpeningSeq(path: string): Promise<number | null> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    const [first] = rawLines(buffer.subarray(0, bytesRead));
    return first?.line?.ops.length === 0 ? first.line.seq : null;
  } finally {
    await file.close();
  }
}

/** @param after start behind this line */
function* rawLines(data: Buffer, after?: RawLine): Generator<RawLine> {
  let number = after?.number ?? 0;
  for (let begins = after?.ends ?? 0; begins < data.length;) {
    const newline = data.indexOf(NEWLINE, begins);
    number++;
    if (newline === -1) {
      yield { number, begins, ends: data.length, line: null };
      return;
    }
    yield { number, begins, ends: newline + 1, line: parseJournalLine(data.subarray(begins, newline)) };
    begins = newline + 1;
  }
}

async function readJournal(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return Buffer.alloc(0);
    throw error;
  }
}
