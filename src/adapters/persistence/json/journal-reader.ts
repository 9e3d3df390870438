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

/** What came of reading one journal. */
export interface JournalEnd {
  /** Number of the last commit, of this file or before it. */
  readonly lastSeq: number;
  /** Number of the first commit in the file; one above `lastSeq` when it holds none. */
  readonly firstSeq: number;
  /** Its length up to the end of its last good line; 0 when it is missing or has none. */
  readonly length: number;
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
): Promise<JournalEnd> {
  let end: JournalEnd = {
    lastSeq: afterSeq,
    firstSeq: afterSeq + 1,
    length: 0,
    tornBytes: 0,
  };
  for (const [index, path] of paths.entries()) {
    const replay = new JournalReplay(path, afterSeq, end.lastSeq, onLine);
    const data = await readJournal(path);
    replay.read(data);
    if (replay.damaged !== null)
      await refuseIfAcknowledged(path, data, replay.damaged, replay.lastSeq, paths.slice(index + 1));
    end = replay.end(data);
  }
  return end ?? { lastSeq: afterSeq, firstSeq: afterSeq + 1, length: 0, tornBytes: 0, isContiguous: true };
}

class JournalReplay {
  /** The first line of those that do not verify, unless commits go on behind them without a gap. */
  damaged: RawLine | null = null;
  private firstSeq: number | null = null;
  private length = 0;

  constructor(
    private readonly path: string,
    private readonly afterSeq: number,
    public lastSeq: number,
    private readonly onLine: (line: JournalLine) => void,
  ) {}

  read(data: Buffer): void {
    for (const raw of rawLines(data)) {
      if (raw.line === null) this.damaged ??= raw;
      else if (!this.take(raw, raw.line)) return;
    }
  }

  end(data: Buffer): JournalEnd {
    const { lastSeq, length } = this;
    return {
      lastSeq,
      firstSeq: this.firstSeq ?? lastSeq + 1,
      length,
      tornBytes: data.length - length,
    };
  }

  /** @returns `false` when it cannot follow the lines before it because some of them are damaged */
  private take(raw: RawLine, line: JournalLine): boolean {
    const { seq, ops } = line;
    const isNew = seq > this.afterSeq;
    const expected = ops.length === 0 ? this.lastSeq : this.lastSeq + 1;
    if (isNew && seq !== expected) {
      if (this.damaged !== null) return false;
      throw gap(this.path, raw, line, this.lastSeq);
    }
    // What was damaged held no commit: an opening line, or a probe.
    this.damaged = null;
    this.length = raw.ends;
    if (ops.length > 0) this.firstSeq ??= seq;
    if (isNew && ops.length > 0) {
      this.onLine(line);
      this.lastSeq = seq;
    }
    return true;
  }
}

/**
 * A line that does not verify is what a crash leaves when it interrupts a write: then neither it nor anything after it was acknowledged. If a later line
 * says that it was on the disk, or if it lies in a file that was closed in order, it was damaged since.
 */
async function refuseIfAcknowledged(
  path: string,
  data: Buffer,
  damaged: RawLine,
  lastSeq: number,
  laterPaths: readonly string[],
): Promise<void> {
  const later = [...rawLines(data, damaged)];
  for (const laterPath of laterPaths) later.push(...rawLines(await readJournal(laterPath)));
  const lines = later.map(({ line }) => line).filter((line) => line !== null);
  const durable = lines.reduce((highest, line) => Math.max(highest, line.durable), 0);
  const wasClosed = laterPaths.length > 0;
  if (durable <= lastSeq && !wasClosed) return;
  const last = lines.reduce((highest, line) => Math.max(highest, line.seq), lastSeq + 1);
  const laterNames = laterPaths.map((laterPath) => basename(laterPath)).join(', ');
  throw new CorruptJournal(
    `${path}, line ${damaged.number} (byte ${damaged.begins}) is damaged, and it was acknowledged: commits ${lastSeq + 1} to ${last} would be lost. ` +
      `Nothing was changed. Restore the file from a copy of the folder; or, to go on without these commits, ` +
      `keep a copy of the folder and run: truncate -s ${damaged.begins} ${JSON.stringify(path)}` +
      (wasClosed ? `, and move ${laterNames} away.` : ''),
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
