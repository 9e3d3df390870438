import { readOptions, UsageError, type ReplayOptions } from './options';

function read(line: string, env: Record<string, string> = {}): ReplayOptions {
  const options = readOptions(line.split(' '), env);
  if (options === 'help') throw new Error('help was not asked for');
  return options;
}

function faultsOf(line: string): string[] {
  try {
    read(line);
  } catch (error) {
    if (error instanceof UsageError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('readOptions', () => {
  it('has the documented defaults', () => {
    expect(read('log.swf --busiest')).toMatchObject({
      file: 'log.swf',
      night: null,
      from: '00:00',
      to: '06:00',
      zone: 'America/Los_Angeles',
      url: 'http://127.0.0.1:3000',
      key: null,
      speed: 60,
      failed: 0.05,
      silent: 0.02,
      seed: 1,
      heartbeatMinutes: 5,
      staleMinutes: 10,
      maxSchedulers: null,
      maxConcurrency: 16,
    });
  });

  it('takes the key from the environment, the option before it', () => {
    expect(read('log.swf --busiest', { VESPER_API_KEY: 'env' }).key).toBe('env');
    expect(read('log.swf --busiest --key own', { VESPER_API_KEY: 'env' }).key).toBe('own');
  });

  it('names every fault at once', () => {
    const faults = faultsOf(
      '--night 1993-02-30 --from 25:00 --zone Mars --speed 0 --failed 0.9 --silent 0.2 --seed 1.5 --url ftp://x',
    );
    expect(faults).toHaveLength(8);
    expect(faults.join()).toContain('--speed must be a number from 0.01 to 100000, not 0');
  });

  it.each([
    ['log.swf', 'choose a night'],
    ['log.swf --busiest --night 1993-10-12', 'choose a night'],
    ['a.swf b.swf --busiest', 'name one log file, not 2'],
    ['log.swf --busiest --speed fast', '--speed must be a number'],
    ['log.swf --busiest --failed=', '--failed must be a number'],
    ['log.swf --busiest --start-at 2026-01-31T02:00:00', '--start-at must be an instant'],
    ['log.swf --busiest --sped 5', "Unknown option '--sped'"],
    ['log.swf --busiest --failed 0.6 --silent 0.6', 'together must not exceed 1'],
  ])('refuses %s', (line, fault) => {
    expect(faultsOf(line).join()).toContain(fault);
  });

  it('answers a call for help before anything else', () => {
    expect(readOptions(['--help', '--speed', 'x'], {})).toBe('help');
  });
});
