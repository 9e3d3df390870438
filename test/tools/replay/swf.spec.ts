import { readSwf, SwfError, type SwfEntry } from './swf';

async function* linesOf(text: string): AsyncGenerator<string> {
  yield* text.split('\n');
}

async function read(text: string): Promise<SwfEntry[]> {
  const entries: SwfEntry[] = [];
  for await (const entry of readSwf(linesOf(text))) entries.push(entry);
  return entries;
}

const HEADER = '; UnixStartTime: 1000\n';

describe('readSwf', () => {
  it('reads a job with its start as an instant and unknown fields as null', async () => {
    const entries = await read(
      `${HEADER}   57  25574     -1     10    4 -1.5 -1 -1 -1 -1 -1   4   1   2 -1 -1 -1 -1\r`,
    );
    expect(entries[1]).toEqual({
      kind: 'job',
      job: {
        number: 57,
        startAt: new Date((1000 + 25574) * 1000),
        runTimeSeconds: 10,
        processors: 4,
        user: 4,
        group: 1,
        application: 2,
        queue: null,
      },
    });
  });

  it('starts a job after its wait, when the log knows one', async () => {
    const entries = await read(`${HEADER}1 100 30 5 1 -1 -1 -1 -1 -1 1 1 1 1 0 -1 -1 -1`);
    expect(entries[1]).toMatchObject({ job: { startAt: new Date(1130 * 1000), queue: 0 } });
  });

  it('hands out headers, and passes over comments and blank lines', async () => {
    const entries = await read('; Queue:  1  batch   \n;\n;   see http://example.com/\n\n   \n');
    expect(entries).toEqual([{ kind: 'header', name: 'Queue', value: '1  batch' }]);
  });

  it('names bad lines by their number in the file and reads on', async () => {
    const good = '1 0 -1 5 1 -1 -1 -1 -1 -1 -1 1 1 1 -1 -1 -1 -1';
    const entries = await read(
      `${HEADER}\n1 2 3\n${good.replace('5', '0x5')}\n${good.replace('1', '-1')}\n${good}`,
    );
    expect(entries.slice(1)).toEqual([
      { kind: 'bad', lineNumber: 3, reason: '3 fields instead of 18' },
      { kind: 'bad', lineNumber: 4, reason: 'field 4 is not a number: 0x5' },
      { kind: 'bad', lineNumber: 5, reason: 'no job number' },
      expect.objectContaining({ kind: 'job' }),
    ]);
  });

  it('leaves out jobs that cannot be played, and says why', async () => {
    const entries = await read(
      `${HEADER}1 -1 -1 5 1 -1 -1 -1 -1 -1 -1 1 1 1 -1 -1 -1 -1\n` +
        '2 0 -1 -1 1 -1 -1 -1 -1 -1 -1 1 1 1 -1 -1 -1 -1\n3 0 -1 5 1 -1 -1 -1 -1 -1 2 1 1 1 -1 -1 -1 -1',
    );
    expect(entries.slice(1)).toEqual([
      { kind: 'left-out', lineNumber: 2, reason: 'unknown start' },
      { kind: 'left-out', lineNumber: 3, reason: 'unknown run time' },
      { kind: 'left-out', lineNumber: 4, reason: 'part of a job that has its own line' },
    ]);
  });

  it('refuses a log whose jobs have no date', async () => {
    await expect(read('1 0 -1 5 1 -1 -1 -1 -1 -1 -1 1 1 1 -1 -1 -1 -1')).rejects.toThrow(SwfError);
    await expect(read('; UnixStartTime: soon')).rejects.toThrow('line 1: UnixStartTime');
  });
});
