import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions, UsageError } from './options';

describe('the options of the demo', () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vesper-options-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are a fixed night without an end in a temporary folder, unless said otherwise', () => {
    expect(readOptions([])).toEqual({ seed: 1, minutes: null, keep: null });
    expect(readOptions(['--seed', '7', '--minutes', '1.5', '--keep', folder])).toEqual({
      seed: 7,
      minutes: 1.5,
      keep: folder,
    });
    const unborn = join(folder, 'unborn');
    expect(readOptions(['--keep', unborn])).toMatchObject({ keep: unborn });
    expect(readOptions(['--help', '--seed', 'x'])).toBe('help');
  });

  it('are refused with every fault at once', () => {
    writeFileSync(join(folder, 'thesis.txt'), 'years of work');
    expect(() => readOptions(['--seed', '1.5', '--minutes', '0', '--keep', folder])).toThrow(
      [
        '--seed must be a whole number from 0 on, not "1.5"',
        '--minutes must be a number above 0 and up to 1440, not "0"',
        `--keep must name a folder that is new or empty, not "${folder}"`,
      ].join('\n'),
    );
  });

  it.each([
    [['--seed', '']],
    [['--seed=-1']],
    [['--minutes', 'ten']],
    [['--minutes', '1441']],
    [['--keep', ' ']],
    [['--keep', __filename]],
    [['--speed', '2']],
    [['tonight']],
  ])('refuses %j', (args) => {
    expect(() => readOptions(args)).toThrow(UsageError);
  });
});
