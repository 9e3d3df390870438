import { open, readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { toHex, type RecordOp } from './journal-line';
import { writeAll, writeWhole, type OpenFile } from './open-file';
import { UnknownFormat } from './storage.errors';

/** First line of a snapshot. */
export interface SnapshotHeader {
  readonly format: 'vesper-state';
  readonly version: 1;
  /** Every commit up to this number is in it. */
  readonly seq: number;
  /** When the last of them was written; `null` when unknown. */
  readonly lastUpdate: string | null;
}

/** Last line: without it, or with another sum over all bytes before it, the snapshot is not whole. */
interface SnapshotFooter {
  readonly records: number;
  readonly sum: string;
}

export interface Snapshot {
  readonly header: SnapshotHeader;
  /** In the order in which they were written. */
  readonly records: Iterable<RecordOp>;
}

/** So much text is made at once, about a millisecond's work, before others get their turn. */
const CHUNK_CHARACTERS = 256 * 1_024;
const NEWLINE = 0x0a;

/** Writes a snapshot to the disk. Takes its time: requests are served while it is being made. @returns its length in bytes */
export async function writeSnapshot(
  path: string,
  header: SnapshotHeader,
  records: Iterable<string>,
  openFile: OpenFile,
): Promise<number> {
  let sum = 0;
  let length = 0;
  await writeWhole(path, openFile, async (file) => {
    let count = -1;
    let chunk = '';
    const flush = async () => {
      const data = Buffer.from(chunk);
      chunk = '';
      sum = crc32(data, sum);
      length += data.length;
      await writeAll(file, data);
    };
    for (const line of withHeader(header, records)) {
      chunk += line;
      count++;
      if (chunk.length >= CHUNK_CHARACTERS) await flush();
    }
    await flush();
    const footer: SnapshotFooter = { records: count, sum: toHex(sum) };
    await writeAll(file, Buffer.from(`${JSON.stringify(footer)}\n`));
  });
  return length;
}

/**
 * Reads a snapshot and proves it whole before anything of it is used.
 * @returns `null` when it is not; rejects when the file cannot be read
 * @throws UnknownFormat when it was written by a newer version
 */
export async function readSnapshot(path: string): Promise<Snapshot | null> {
  const data = await readFile(path);
  const footerBegins = data.lastIndexOf(NEWLINE, data.length - 2) + 1;
  const footer = parse<SnapshotFooter>(data.subarray(footerBegins));
  const body = data.subarray(0, footerBegins);
  if (footer === null || footer.sum !== toHex(crc32(body))) return null;
  const headerEnds = body.indexOf(NEWLINE);
  const header = parse<SnapshotHeader>(body.subarray(0, headerEnds));
  if (header === null) return null;
  if (header.format !== 'vesper-state' || header.version !== 1)
    throw new UnknownFormat(`${path} was written by another version of Vesper; start that one`);
  return { header, records: parseRecords(body, headerEnds + 1) };
}

/** The number up to which a snapshot reaches, by its header alone. @returns `null` when there is none to be read */
export async function readSnapshotSeq(path: string): Promise<number | null> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1_024), 0, 1_024, 0);
    const header = parse<SnapshotHeader>(buffer.subarray(0, buffer.subarray(0, bytesRead).indexOf(NEWLINE)));
    return header?.seq ?? null;
  } finally {
    await file.close();
  }
}

function* withHeader(header: SnapshotHeader, records: Iterable<string>): Generator<string> {
  yield `${JSON.stringify(header)}\n`;
  yield* records;
}

function* parseRecords(body: Buffer, from: number): Generator<RecordOp> {
  for (let at = from; at < body.length;) {
    const ends = body.indexOf(NEWLINE, at);
    yield JSON.parse(body.toString('utf8', at, ends)) as RecordOp;
    at = ends + 1;
  }
}

function parse<T>(text: Buffer): T | null {
  try {
    return JSON.parse(text.toString('utf8')) as T;
  } catch {
    return null;
  }
}
