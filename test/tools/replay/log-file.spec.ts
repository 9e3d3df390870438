import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readLines } from './log-file';

describe('readLines', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'replay-log-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function linesOf(name: string, content: string | Buffer): Promise<string[]> {
    const path = join(folder, name);
    await writeFile(path, content);
    const lines: string[] = [];
    for await (const line of readLines(path)) lines.push(line);
    return lines;
  }

  it('reads plain and gzipped files alike, whatever they are called', async () => {
    // longer than one chunk of the stream, with a character of several bytes on the seam somewhere
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index} é`);
    expect(await linesOf('plain.gz', lines.join('\n'))).toEqual(lines);
    expect(await linesOf('zipped.swf', gzipSync(`${lines.join('\n')}\n`))).toEqual(lines);
  });

  it('reads an empty file as no lines', async () => {
    expect(await linesOf('empty', '')).toEqual([]);
  });

  it('reports a truncated gzip file instead of ending early', async () => {
    const zipped = gzipSync('some text\n'.repeat(1000));
    await expect(linesOf('cut.gz', zipped.subarray(0, zipped.length - 12))).rejects.toThrow(
      'unexpected end of file',
    );
  });

  it('reports a missing file', async () => {
    await expect(readLines(join(folder, 'none')).next()).rejects.toThrow('ENOENT');
  });

  it('refuses a file without line ends before it fills the memory', async () => {
    await expect(linesOf('binary', Buffer.alloc(300_000, 'x'))).rejects.toThrow('is not a text log');
  });
});
