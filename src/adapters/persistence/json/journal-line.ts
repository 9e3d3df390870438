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

const PREFIX_LENGTH = '{"sum":"00000000",'.length;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const HEARTBEAT = /^"seq":(\d+),"durable":(\d+),"ops":\[\{"h":"([^"\\]*)","at":"([^"\\]*)"\}\]\}$/;

/** @param ops JSON texts of the operations, separated by commas */
export function toJournalLine(seq: number, durable: number, ops: string): string {
  const body = `"seq":${seq},"durable":${durable},"ops":[${ops}]}`;
  return `${prefixOf(crc32(body))}${body}\n`;
}

export function heartbeatOp(schedulerId: string, at: Date): string {
  return `{"h":${JSON.stringify(schedulerId)},"at":"${at.toISOString()}"}`;
}

/** @returns `null` when the bytes (without the newline) are not a line as it was written */
export function parseJournalLine(bytes: Buffer): JournalLine | null {
  const line = bytes.toString('utf8');
  const sum = crc32(bytes.subarray(PREFIX_LENGTH));
  if (line.slice(0, PREFIX_LENGTH) !== prefixOf(sum)) return null;
  const text = line.slice(PREFIX_LENGTH);
  const heartbeat = HEARTBEAT.exec(text);
  if (heartbeat === null) return JSON.parse(`{${text}`) as JournalLine;
  const [, seq, durable, id = '', at = ''] = heartbeat;
  return { seq: Number(seq), durable: Number(durable), ops: [{ h: id, at }] };
}

function prefixOf(sum: number): string {
  return `{"sum":"${toHex(sum)}",`;
}

/** Eight digits. By table, for each line written or read needs it. */
export function toHex(sum: number): string {
  return `${HEX[sum >>> 24]}${HEX[(sum >>> 16) & 255]}${HEX[(sum >>> 8) & 255]}${HEX[sum & 255]}`;
}
