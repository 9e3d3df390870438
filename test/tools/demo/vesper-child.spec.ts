import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePortLike } from './ports';
import { VesperChild } from './vesper-child';

/** Answers every request, and ends when asked for `/die`. */
const OBEDIENT = `
  console.log('up with', process.env.GREETING, 'in', process.cwd());
  require('node:http').createServer((request, response) => {
    response.end('{}');
    if (request.url === '/die') setImmediate(() => { console.error('cannot go on'); process.exit(3); });
  }).listen(Number(process.env.PORT), '127.0.0.1');
`;

describe('Vesper as a child of the demo', () => {
  const { signal } = new AbortController();
  let folder: string;
  let environment: Record<string, string>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vesper-child-'));
    environment = { PORT: String(await freePortLike(0)), GREETING: 'hello' };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const program = (text: string): string => {
    const file = join(folder, 'main.cjs');
    writeFileSync(file, text);
    return file;
  };

  it('runs in its folder with its settings alone, and stops when asked to', async () => {
    process.env['EOD_TIMEZONE'] = 'Mars/Olympus';
    const main = program(`${OBEDIENT} console.log('zone', process.env.EOD_TIMEZONE);`);
    const child = await VesperChild.start(folder, environment, signal, main);
    delete process.env['EOD_TIMEZONE'];
    expect(child.url).toBe(`http://127.0.0.1:${environment['PORT']}`);
    expect(readFileSync(join(folder, 'vesper.log'), 'utf8')).toBe(
      `up with hello in ${folder}\nzone undefined\n`,
    );
    await child.stop();
    expect(await child.gone).toContain('Vesper ended (SIGTERM)');
    await child.stop();
  });

  it('says its last lines when it dies', async () => {
    const child = await VesperChild.start(folder, environment, signal, program(OBEDIENT));
    await fetch(`${child.url}/die`);
    expect(await child.gone).toMatch(/^Vesper ended \(exit code 3\)[^]*cannot go on$/);
  });

  it('is gone when it is interrupted before it is ready', async () => {
    const stop = new AbortController();
    const deaf = program('setInterval(() => undefined, 1000);');
    const starting = VesperChild.start(folder, environment, stop.signal, deaf);
    stop.abort(new Error('interrupted'));
    await expect(starting).rejects.toThrow('interrupted');
    await expect(VesperChild.start(folder, environment, stop.signal, deaf)).rejects.toThrow('interrupted');
  });

  it('does not start without saying why', async () => {
    const failing = program(`console.error('PORT must be a port'); process.exit(1);`);
    await expect(VesperChild.start(folder, environment, signal, failing)).rejects.toThrow(
      'PORT must be a port',
    );
    await expect(VesperChild.start(folder, environment, signal, join(folder, 'nowhere.js'))).rejects.toThrow(
      'npm run build',
    );
  });
});

describe('a port for it', () => {
  it('is the usual one, or another when that is taken', async () => {
    const usual = await freePortLike(0);
    expect(await freePortLike(usual)).toBe(usual);
    const neighbour = createServer();
    await new Promise<void>((resolve) => neighbour.listen(usual, '127.0.0.1', resolve));
    const other = await freePortLike(usual);
    expect(other).not.toBe(usual);
    expect(other).toBeGreaterThan(0);
    await new Promise((resolve) => neighbour.close(resolve));
  });
});
