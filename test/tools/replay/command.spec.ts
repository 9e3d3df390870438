import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runReplay } from './command';
import { StrictVesper, TEST_KEY } from './strict-vesper';
import { fetchTransport } from './transport';
import { VirtualPace } from './virtual-pace';

const T0 = Date.parse('2026-01-31T10:00:05.000Z');
const HEADER = '; UnixStartTime: 86400\n; Note: group 1 is normal users\n';
/** 60 jobs of 12 applications from 1970-01-02 00:00 UTC on, five minutes apart; the later ones overlap their elder sisters. */
const LOG =
  HEADER +
  Array.from({ length: 60 }, (_, index) => {
    return `${index + 1} ${index * 300} -1 ${60 + index * 77} 8 -1 -1 -1 -1 -1 -1 3 1 ${index % 12} -1 -1 -1 -1`;
  }).join('\n');

describe('runReplay', () => {
  let folder: string;
  let pace: VirtualPace;
  let vesper: StrictVesper;
  let url: string;
  let stop: AbortController;
  let out: string;
  let err: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'replay-command-'));
    await writeFile(join(folder, 'log.swf'), LOG);
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    pace = new VirtualPace(T0);
    vesper = new StrictVesper(() => pace.now());
    url = await vesper.listen();
    stop = new AbortController();
    [out, err] = ['', ''];
  });
  afterEach(() => vesper.close());

  function run(...args: string[]): Promise<number> {
    return runReplay([join(folder, 'log.swf'), '--busiest', '--zone', 'UTC', '--url', url, ...args], {
      env: { VESPER_API_KEY: TEST_KEY },
      pace,
      connect: (target) => {
        const send = fetchTransport(target);
        return (call) => pace.track(send(call));
      },
      signal: stop.signal,
      out: (text) => void (out += text),
      err: (text) => void (err += text),
    });
  }

  it('plays a night with failures and silences, and finds Vesper as expected', async () => {
    vesper.pageSize = 5;
    expect(await run('--verify', '--failed', '0.2', '--silent', '0.2')).toBe(0);
    expect(vesper.violations).toEqual([]);
    expect(out).toContain('Verified    all 12 schedulers are as expected');
    expect(out).toContain('Failures, 12 (share 0.2, seed 1):');
    expect(out).toContain('Runs gone silent, 12 (share 0.2, seed 1):');
    const states = new Set(
      Array.from({ length: 12 }, (_, app) => vesper.stateOf(`ipsc-app-00${String(app).padStart(2, '0')}`)),
    );
    expect(states).toEqual(new Set(['failed', 'stale', 'completed', 'running']));
  });

  it('exits 1 when a call was refused', async () => {
    vesper.faults.push({
      matches: (route) => route === 'PUT /api/v1/schedulers/ipsc-app-0003/status',
      status: 404,
    });
    expect(await run()).toBe(1);
    expect(out).toContain('Refused     running 404, 1 times; the first: {"error":"planted"}');
  });

  it('exits 1 when the end state differs although every call was acknowledged', async () => {
    vesper = await replaced(vesper, new StrictVesper(() => pace.now(), 1e9));
    expect(await run('--verify', '--failed', '0', '--silent', '0.3')).toBe(1);
    expect(out).toMatch(
      /Different {3}\d+ of 12 schedulers:\n {2}ipsc-app-\d{4}: expected stale, found running/,
    );
  });

  it('exits 1 with the report when the end state cannot be read', async () => {
    vesper.faults.push({ matches: (route) => route.startsWith('GET'), status: 403 });
    expect(await run('--verify')).toBe(1);
    expect(out).toContain('Unverified  GET /api/v1/schedulers?limit=1000: refused');
    expect(out).toContain('Latency     p50');
  });

  it('prints the report for machines on stdout alone', async () => {
    expect(await run('--verify', '--json')).toBe(0);
    const report = JSON.parse(out) as { plan: { runs: number }; replay: { ok: boolean; calls: object } };
    expect(report.plan.runs).toBe(60);
    expect(report.replay).toMatchObject({
      ok: true,
      ended: 'played',
      verification: { differences: [], fault: null },
    });
    expect(err).toContain('At the end:');
  });

  it('calls nobody in a dry run', async () => {
    expect(await run('--dry-run', '--json', '--failed', '0.1')).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      plan: { schedulers: 12, calls: { register: 12, running: 60, failed: 6 } },
    });
    expect(vesper.received).toEqual([]);
  });

  it('prints the settings of Vesper and the command that fits them, without the key', async () => {
    expect(await run('--print-env', '--key', 'secret', '--speed', '120')).toBe(0);
    expect(out).toContain(
      '\nEOD_WINDOW_START=10:01\nEOD_WINDOW_END=10:04\nEOD_UPDATE_INTERVAL_MINUTES=0.5\n',
    );
    expect(out).toMatch(
      /# npm run replay -- \S+log.swf .*--speed 120 --start-at 2026-01-31T10:01:00.000Z\n$/,
    );
    expect(out).not.toContain('secret');
  });

  it('reports and exits 130 when stopped', async () => {
    vesper.onCall = (route) => {
      if (route.endsWith('/heartbeat')) stop.abort();
    };
    expect(await run('--verify')).toBe(130);
    expect(out).toContain('Played      stopped');
    expect(out).toContain('Unverified  the night was not played to its end');
  });

  it('warns where what is expected may not be what is seen', async () => {
    await run('--dry-run', '--speed', '600', '--heartbeat-minutes', '12');
    expect(out).toContain('Warning     a stale timeout of 1.00 s');
    expect(out).toContain('healthy runs will look stale');
  });

  it('refuses a night without jobs', async () => {
    const args = [join(folder, 'log.swf'), '--night', '1999-01-01', '--dry-run'];
    const around = {
      env: {},
      pace,
      connect: fetchTransport,
      signal: stop.signal,
      out: () => {},
      err: () => {},
    };
    await expect(runReplay(args, around)).rejects.toThrow(
      'no job of the log starts in the night of 1999-01-01',
    );
  });

  async function replaced(old: StrictVesper, next: StrictVesper): Promise<StrictVesper> {
    await old.close();
    url = await next.listen();
    return next;
  }
});
