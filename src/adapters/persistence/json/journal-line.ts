import { crc32 } from 'node:zlib';

/** A record of a table as it is from now on; without `v` it is gone. */
export interface RecordOp {
  readonly t: string;
  readonly k: string;
  readonly v?: unknown;
}

/** A sign of life: much the most frequent write, so it says only what changed. */
export interface HeartbeatOp {
  readonly h: string;
  readonly at: string;
}

/** A record that belongs to an archive of daily files. */
export interface ArchiveOp {
  readonly a: string;
  readonly v: unknown;
}

export type JournalOp = RecordOp | HeartbeatOp | ArchiveOp;

/**
 * One line of a journal: one atomic commit. A line without operations repeats the number of the line before it; it opens each file,
 * so that a lost file is noticed, and is what a health probe writes.
 */
export interface JournalLine {
  readonly seq: number;
  /** The highest number that was known to be on the disk when this line was written, and so may have been acknowledged. */
  readonly durable: number;
  readonly ops: readonly JournalOp[];
}

const SUM_BEGINS = '{"sum":"'.length;
const SUM_ENDS = SUM_BEGINS + 8;
const BODY_BEGINS = SUM_ENDS + '",'.length;
const HEARTBEAT = /^"seq":(\d+),"durable":(\d+),"ops":\[\{"h":"([^"\\]*)","at":"([^"\\]*)"\}\]\}$/;

/** @param ops JSON texts of the operations, separated by commas */
export function toJournalLine(seq: number, durable: number, ops: string): string {
  const body = `"seq":${seq},"durable":${durable},"ops":[${ops}]}`;
  return `{"sum":"${toHex(crc32(body))}",${body}\n`;
}

export function heartbeatOp(schedulerId: string, at: Date): string {
  return `{"h":${JSON.stringify(schedulerId)},"at":"${at.toISOString()}"}`;
}

/** @returns `null` when the bytes (without the newline) are not a line as it was written */
export function parseJournalLine(bytes: Buffer): JournalLine | null {
  if (bytes.length <= BODY_BEGINS || bytes.toString('latin1', 0, SUM_BEGINS) !== '{"sum":"') return null;
  const body = bytes.subarray(BODY_BEGINS);
  if (bytes.toString('latin1', SUM_BEGINS, SUM_ENDS) !== toHex(crc32(body))) return null;
  const text = body.toString('utf8');
  const heartbeat = HEARTBEAT.exec(text);
  if (heartbeat === null) return JSON.parse(`{${text}`) as JournalLine;
  const [, seq, durable, id = '', at = ''] = heartbeat;
  return { seq: Number(seq), durable: Number(durable), ops: [{ h: id, at }] };
}

export function toHex(sum: number): string {
  return sum.toString(16).padStart(8, '0');
}
