import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualPace } from '../replay/virtual-pace';
import { SCHEDULERS } from './cast';
import { runDemo, type Surroundings } from './command';
import type { ApiCall } from './demo-api';
import { HELP, UsageError } from './options';
import type { Stage } from './stage';

const MINUTE_MS = 60_000;

describe('the demo', () => {
  let pace: VirtualPace;
  let stop: AbortController;
  let out: string;
  let err: string;
  let folder: string | null;
  let calls: ApiCall[];
  let closed: number;
  let kill: (words: string) => void;
  /** What happens at a call. */
  let onCall: (call: ApiCall) => void;
  let around: Surroundings;

  beforeEach(() => {
    pace = new VirtualPace(Date.parse('2026-03-02T17:00:00.000Z'));
    stop = new AbortController();
    [out, err, folder, calls, closed] = ['', '', null, [], 0];
    onCall = () => undefined;
    around = {
      pace,
      signal: stop.signal,
      out: (text) => (out += text),
      err: (text) => (err += text),
      openStage: async (where) => {
        folder = where;
        writeFileSync(join(where, 'apps.json'), '{}');
        return stage();
      },
    };
  });

  function stage(): Stage {
    const gone = new Promise<string>((resolve) => (kill = resolve));
    let begun = 0;
    return {
      places: { slack: 'http://slack/', api: 'http://vesper/docs', epm: 'http://epm/', key: 'demo-key' },
      api: async (call) => {
        calls.push(call);
        onCall(call);
        return { ok: true, body: { apps: {} } };
      },
      jobs: { begin: () => String((begun += 1)), end: () => undefined },
      slack: { messages: () => [], canvases: () => [] },
      gone,
      close: async () => {
        closed += 1;
        kill('asked to');
      },
    };
  }

  it('says where to look, plays for as long as asked, and leaves nothing behind', async () => {
    const startedMs = pace.now();
    expect(await runDemo(['--minutes', '3', '--seed', '5'], around)).toBe(0);
    expect(pace.now() - startedMs).toBe(3 * MINUTE_MS);
    for (const place of ['http://slack/', 'http://vesper/docs', 'http://epm/', 'demo-key', 'night 5'])
      expect(out).toContain(place);
    expect(out).toMatch(/^ {2}0:\d\d {2}\w+: .+ hangs and sends no more heartbeats$/m);
    expect(calls.length).toBeGreaterThan(100);
    expect([closed, err]).toEqual([1, '']);
    expect(existsSync(folder ?? '')).toBe(false);
  });

  it('reports a whole life of a job, and pushes with the id that EPM gave', async () => {
    await runDemo(['--minutes', '3'], around);
    const paths = new Set(calls.map(({ method, path }) => `${method} ${path}`));
    for (const { id } of SCHEDULERS) {
      expect(paths).toContain(`PUT /schedulers/${id}/status`);
      expect(paths).toContain(`POST /schedulers/${id}/heartbeat`);
    }
    const pushes = calls.filter(({ path, method }) => path === '/status' && method === 'POST');
    const begins = pushes.filter(({ body }) => body?.['status'] === 'Loading');
    expect(begins.map(({ body }) => body?.['job_id'])).toEqual(begins.map((_, index) => String(index + 1)));
    const ends = pushes.filter(({ body }) => body?.['status'] !== 'Loading');
    for (const { body } of ends) {
      const begin = begins.find((call) => call.body?.['job_id'] === body?.['job_id'])?.body;
      expect(body).toMatchObject({ app: begin?.['app'], domain: begin?.['domain'] });
    }
  });

  it('tells what Vesper refuses, and goes on', async () => {
    const refuse = async (where: string): Promise<Stage> => {
      const whole = await around.openStage(where, stop.signal);
      return { ...whole, api: async () => ({ ok: false, fault: 'POST /status: 400 INVALID_APP' }) };
    };
    expect(await runDemo(['--minutes', '1'], { ...around, openStage: refuse })).toBe(0);
    expect(out).toContain('Vesper did not take it: POST /status: 400 INVALID_APP');
  });

  it('ends in order when it is interrupted, though Vesper was as well', async () => {
    onCall = ({ path }) => {
      if (!path.endsWith('/heartbeat') || stop.signal.aborted) return;
      stop.abort();
      kill('Vesper ended (SIGINT).');
    };
    expect(await runDemo([], around)).toBe(0);
    expect([closed, err]).toEqual([1, '']);
    expect(out.trimEnd().endsWith('Stopping …')).toBe(true);
    expect(existsSync(folder ?? '')).toBe(false);
  });

  it('ends with the last words of a Vesper that dies', async () => {
    onCall = ({ path }) => {
      if (path.endsWith('/heartbeat')) kill('Vesper ended (exit code 1). Its last lines:\n\nout of memory');
    };
    expect(await runDemo([], around)).toBe(1);
    expect(err).toContain('out of memory');
    expect(closed).toBe(1);
    expect(existsSync(folder ?? '')).toBe(false);
  });

  it('keeps the folder that it was given', async () => {
    const kept = mkdtempSync(join(tmpdir(), 'vesper-kept-'));
    expect(await runDemo(['--minutes', '0.1', '--keep', kept], around)).toBe(0);
    expect(folder).toBe(kept);
    expect(readdirSync(kept)).toEqual(['apps.json']);
    expect(out).not.toContain('removed at the end');
    rmSync(kept, { recursive: true });
  });

  it('leaves nothing behind when the start fails, and says why, unless it was interrupted', async () => {
    const openStage = (where: string): Promise<Stage> => {
      folder = where;
      return Promise.reject(new Error('Vesper ended (exit code 1).'));
    };
    await expect(runDemo([], { ...around, openStage })).rejects.toThrow('exit code 1');
    expect(existsSync(folder ?? '')).toBe(false);
    stop.abort();
    expect(await runDemo([], { ...around, openStage })).toBe(0);
  });

  it('starts nothing for help or for a wrong command line', async () => {
    expect(await runDemo(['--help'], around)).toBe(0);
    expect(out).toBe(HELP);
    await expect(runDemo(['--seed', 'x'], around)).rejects.toThrow(UsageError);
    expect(folder).toBeNull();
  });
});
