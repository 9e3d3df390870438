/**
 * Standard Workload Format: `;` header lines, then one job a line in 18 numeric fields, -1 for unknown.
 * https://www.cs.huji.ac.il/labs/parallel/workload/swf.html
 */
const FIELD_COUNT = 18;
const NUMBER = /^-?\d+(\.\d+)?$/;
const HEADER = /^;\s*([A-Za-z]\w*):\s*(.*)$/;
/** Field 11: the line tells a part of a job that was swapped or checkpointed; its whole has its own line. */
const PARTIAL_EXECUTION = new Set([2, 3, 4]);

/** A job as the log has it; an unknown field is `null`. */
export interface SwfJob {
  readonly number: number;
  /** Submit time plus wait time, placed in time by the header's UnixStartTime. */
  readonly startAt: Date;
  readonly runTimeSeconds: number;
  readonly processors: number | null;
  readonly user: number | null;
  readonly group: number | null;
  readonly application: number | null;
  readonly queue: number | null;
}

export type SwfEntry =
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | { readonly kind: 'job'; readonly job: SwfJob }
  /** The line breaks the format. */
  | { readonly kind: 'bad'; readonly lineNumber: number; readonly reason: string }
  /** The line is in order, but tells no run that could be played. */
  | { readonly kind: 'left-out'; readonly lineNumber: number; readonly reason: string };

/** The file is not a log that could be played at all. */
export class SwfError extends Error {}

/**
 * Reads a log line by line; holds one line in memory. Bad lines are handed out with their number, not thrown.
 * @throws SwfError when jobs come without the header that says when the log began.
 */
export async function* readSwf(lines: AsyncIterable<string>): AsyncGenerator<SwfEntry, void, undefined> {
  let lineNumber = 0;
  let logStart: number | null = null;
  for await (const line of lines) {
    lineNumber += 1;
    const text = line.trim();
    if (text === '') continue;
    if (text.startsWith(';')) {
      const header = readHeader(text);
      if (header === null) continue;
      if (header.name === 'UnixStartTime') logStart = readStartTime(header.value, lineNumber);
      yield header;
      continue;
    }
    const fields = readFields(text);
    if (typeof fields === 'string') {
      yield { kind: 'bad', lineNumber, reason: fields };
      continue;
    }
    if (logStart === null) {
      throw new SwfError(`line ${lineNumber}: a job before the header "; UnixStartTime:", so it has no date`);
    }
    yield toEntry(fields, logStart, lineNumber);
  }
}

function readHeader(text: string): Extract<SwfEntry, { kind: 'header' }> | null {
  const match = HEADER.exec(text);
  return match === null ? null : { kind: 'header', name: match[1] ?? '', value: (match[2] ?? '').trim() };
}

function readStartTime(value: string, lineNumber: number): number {
  const seconds = Number(value);
  if (value === '' || !Number.isInteger(seconds)) {
    throw new SwfError(`line ${lineNumber}: UnixStartTime is not a whole number of seconds: ${value}`);
  }
  return seconds;
}

/** The 18 numbers of a line, or what is wrong with it. */
function readFields(text: string): readonly number[] | string {
  const words = text.split(/\s+/);
  if (words.length !== FIELD_COUNT) return `${words.length} fields instead of ${FIELD_COUNT}`;
  const wrong = words.findIndex((word) => !NUMBER.test(word));
  if (wrong !== -1) return `field ${wrong + 1} is not a number: ${(words[wrong] ?? '').slice(0, 40)}`;
  return words.map(Number);
}

function toEntry(fields: readonly number[], logStart: number, lineNumber: number): SwfEntry {
  /** Fields are counted from 1, as in the format's definition. */
  const known = (field: number): number | null => {
    const value = fields[field - 1] ?? -1;
    return value < 0 ? null : value;
  };
  const leftOut = (reason: string): SwfEntry => ({ kind: 'left-out', lineNumber, reason });
  const [number, submitted, runTimeSeconds] = [known(1), known(2), known(4)];
  if (number === null) return { kind: 'bad', lineNumber, reason: 'no job number' };
  if (submitted === null) return leftOut('unknown start');
  if (runTimeSeconds === null) return leftOut('unknown run time');
  if (PARTIAL_EXECUTION.has(known(11) ?? -1)) return leftOut('part of a job that has its own line');
  const startSeconds = logStart + submitted + (known(3) ?? 0);
  const job: SwfJob = {
    number,
    startAt: new Date(startSeconds * 1000),
    runTimeSeconds,
    processors: known(5),
    user: known(12),
    group: known(13),
    application: known(14),
    queue: known(15),
  };
  return { kind: 'job', job };
}
