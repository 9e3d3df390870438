import { spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../harness/until';
import { documentAt, fencedBlocks, section } from './documents';
import { endAllPrograms, PROGRAMS, run, unpackPrograms, type Ended } from './example-programs';
import { startLossyProxy, type LossyProxy } from './lossy-proxy';
import { startRunningVesper, type RunningVesper } from './running-vesper';

interface SchedulerJson {
  readonly status: string;
  readonly service_name: string;
  readonly job_name: string;
  readonly error_message: string | null;
  readonly execution_time_ms: number | null;
  readonly metadata: Record<string, unknown> | null;
  readonly last_heartbeat: string;
  readonly updated_at: string;
}

interface EntryJson {
  readonly status: string;
  readonly run_id: string;
}

const SCHEDULER = '/schedulers/ledger-lines';
const NOBODY_LISTENS = 'http://127.0.0.1:1';
/** For a machine that has much else to do; no test waits on purpose. */
const PATIENCE_MS = 90_000;
/** Each look is a round trip over HTTP. */
const PATIENTLY = { withinMs: PATIENCE_MS / 2, everyMs: 20 };

let folder: string;
let vesper: RunningVesper;
let proxy: LossyProxy | null = null;
const whileAway = new Map<string, Promise<Ended>>();
const available = PROGRAMS.filter(({ language, missing }) => {
  if (missing !== null) process.stderr.write(`The ${language} example is not run: ${missing}\n`);
  return missing === null;
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vesper-examples-'));
  unpackPrograms(folder);
  const { path: input } = await lines('away.csv', 'a\nb\nc\n');
  // They spend their time waiting between tries: beside the other tests instead of after them.
  for (const { language, command } of available)
    whileAway.set(language, run(command(folder, input), NOBODY_LISTENS));
}, PATIENCE_MS);

beforeEach(async () => {
  vesper = await startRunningVesper();
});

afterEach(async () => {
  await proxy?.close();
  proxy = null;
  await vesper.stop();
});

afterAll(async () => {
  endAllPrograms();
  await rm(folder, { recursive: true });
});

describe.each(available)('the $language example', ({ language, command }) => {
  it(
    'reports a run from its start to its end, once although an answer was lost, and heartbeats in between',
    async () => {
      proxy = await startLossyProxy(vesper.url);
      // The job reads a pipe, so it runs for as long as nobody writes.
      const input = join(folder, `${language}.pipe`);
      spawnSync('mkfifo', [input]);
      const ended = run(command(folder, input), proxy.url);

      await until(async () => (await scheduler())?.status === 'running', PATIENTLY);
      await until(async () => {
        const { last_heartbeat: heard, updated_at: updated } = await vesper.get<SchedulerJson>(SCHEDULER);
        return heard > updated;
      }, PATIENTLY);
      await writePipe(input, 'a\nb\nc\n');

      expect(await ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^3 /), stderr: '' });
      expect(await scheduler()).toMatchObject({
        status: 'completed',
        service_name: 'Ledger',
        job_name: 'Count lines',
        error_message: null,
        execution_time_ms: expect.any(Number),
        ...(language === 'curl' ? {} : { metadata: { lines: 3 } }),
      });
      const history = await vesper.get<EntryJson[]>(`${SCHEDULER}/history`);
      expect(history.map(({ status }) => status)).toEqual(['completed', 'running']);
      expect(new Set(history.map(({ run_id: runId }) => runId)).size).toBe(1);
    },
    PATIENCE_MS,
  );

  it(
    'reports why a run failed, and ends as the job ended',
    async () => {
      const ended = await run(command(folder, join(folder, 'no-such-file')), vesper.url);

      expect(ended.exitCode).toBeGreaterThan(0);
      expect(ended.stderr).toContain('no-such-file');
      expect(ended.stderr).not.toContain('vesper:');
      const failed = await scheduler();
      expect(failed?.status).toBe('failed');
      expect(failed?.error_message).toContain('no-such-file');
      const history = await vesper.get<EntryJson[]>(`${SCHEDULER}/history`);
      expect(history.map(({ status }) => status)).toEqual(['failed', 'running']);
    },
    PATIENCE_MS,
  );

  it(
    'does the job all the same when Vesper is away, and says so',
    async () => {
      const ended = await whileAway.get(language);
      expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^3 /) });
      expect(ended?.stderr).toMatch(/^vesper: POST \/register: /m);
      expect(ended?.stderr).toMatch(/^vesper: PUT \/ledger-lines\/status: /m);
    },
    PATIENCE_MS,
  );
});

const curlIsThere = available.some(({ language }) => language === 'curl');

(curlIsThere ? describe : describe.skip)('the commands of the sections about endpoints', () => {
  const text = documentAt('docs/API_USAGE.md').text;
  const blocks = (heading: string) => fencedBlocks(section(text, heading));
  const commandOf = (heading: string) =>
    blocks(heading).find(({ language }) => language === 'bash')?.text ?? 'false';
  const answerTo = async (heading: string) => {
    const { exitCode, stdout } = await run(['bash', '-c', commandOf(heading)], vesper.url);
    expect(exitCode).toBe(0);
    return stdout;
  };

  it('do what they say, one after the other', async () => {
    expect(JSON.parse(await answerTo('### Register'))).toMatchObject({ status: 'pending', windows: [] });
    expect(JSON.parse(await answerTo('### Status'))).toMatchObject({ status: 'failed', applied: true });
    expect(JSON.parse(await answerTo('### Heartbeat'))).toMatchObject({ message: 'Heartbeat recorded' });
    expect(await answerTo('### List')).toContain('"scheduler_id":"ledger-close"');
    expect(JSON.parse(await answerTo('### Get'))).toMatchObject({ status: 'failed' });
    expect(JSON.parse(await answerTo('### History'))).toMatchObject([{ status: 'failed' }]);
    expect(await answerTo('### Remove')).toBe('204\n');
    expect(JSON.parse(await answerTo('### Get'))).toMatchObject({
      statusCode: 404,
      code: 'SCHEDULER_NOT_FOUND',
    });
  });

  it('fail a job in the README', async () => {
    const readme = section(documentAt('README.md').text, '## Try it without a Slack workspace');
    const { text: commands } = fencedBlocks(readme).find((block) => block.text.includes('curl')) ?? {
      text: '',
    };
    const { exitCode, stdout } = await run(['bash', '-c', commands], vesper.url);
    expect(exitCode).toBe(0);
    expect(stdout.match(/"status":"\w+"/g)).toEqual(['"status":"pending"', '"status":"failed"']);
  });

  it.each(['### Get', '### Heartbeat', '## Errors'])(
    'the answer shown under "%s" has the fields of a real one',
    async (heading) => {
      await answerTo('### Register');
      await answerTo('### Status');
      const shown = blocks(heading).find(({ language }) => language === 'json')?.text ?? '';
      const real =
        heading === '## Errors' ? JSON.stringify(await vesper.get('/schedulers/x')) : await answerTo(heading);
      expect(Object.keys(JSON.parse(shown) as object).sort()).toEqual(
        Object.keys(JSON.parse(real) as object).sort(),
      );
    },
  );
});

async function scheduler(): Promise<SchedulerJson | null> {
  const answer = await vesper.get<SchedulerJson | { statusCode: number }>(SCHEDULER);
  return 'statusCode' in answer ? null : answer;
}

async function lines(name: string, text: string): Promise<{ path: string }> {
  const path = join(folder, name);
  const file = await open(path, 'w');
  await file.writeFile(text);
  await file.close();
  return { path };
}

/** Opened for reading too, so that it never waits for a reader that died. */
async function writePipe(path: string, text: string): Promise<void> {
  const pipe = await open(path, constants.O_RDWR);
  await pipe.write(text);
  await pipe.close();
}
