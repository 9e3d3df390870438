import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** No line of a text log is longer; a file that has one is something else, and must not fill the memory. */
const MAX_LINE_LENGTH = 64 * 1024;
const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * The lines of a text file, plain or gzipped (told by its first two bytes, not by its name), read as a stream.
 * @throws the file system's or zlib's error, e.g. for a missing or truncated file.
 */
export async function* readLines(path: string): AsyncGenerator<string, void, undefined> {
  const text = (await isGzipped(path)) ? gunzipped(path) : createReadStream(path);
  text.setEncoding('utf8');
  let rest = '';
  for await (const chunk of text) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_LENGTH) throw new Error(`${path} is not a text log: a line has no end`);
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function gunzipped(path: string): Readable {
  const gunzip = createGunzip();
  // pipeline destroys gunzip with the error of either side; whoever iterates gunzip gets it thrown there
  pipeline(createReadStream(path), gunzip, () => undefined);
  return gunzip;
}

async function isGzipped(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && GZIP_MAGIC.every((byte, index) => buffer[index] === byte);
  } finally {
    await file.close();
  }
}
