import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { FakeEpm } from './fake-epm';
import { BASIC } from './fake-epm/calling';

const ROOT = join(__dirname, '../..');

describe('npm run fake-epm', () => {
  let child: ChildProcess | null = null;
  let output = '';

  afterEach(() => {
    child?.kill('SIGKILL');
  });

  const run = (...args: string[]): ChildProcess => {
    output = '';
    const started = spawn(process.execPath, ['--import', 'tsx', 'test/tools/fake-epm.ts', ...args], {
      cwd: ROOT,
    });
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    started.stdout.on('data', keep);
    started.stderr.on('data', keep);
    child = started;
    return started;
  };

  it('says how Vesper signs in and how a job is started, plays every pod, and stops on SIGTERM', async () => {
    const started = run('--port', '0', '--application', 'Close', '--accept-client-credentials');
    while (!output.includes('stops it')) await once(started.stdout as NodeJS.ReadableStream, 'data');
    const said = (pattern: RegExp): string => pattern.exec(output)?.[1] ?? '';
    const answerTo = async (url: string, init: RequestInit): Promise<unknown> =>
      (await fetch(url, init)).json();

    const job = { method: 'POST', body: said(/curl -d '(.+)' http/) };
    expect(await answerTo(said(/(http\S+\/_fake\/pods\/planning\/jobs)/), job)).toEqual({
      ok: true,
      id: 101,
    });
    const close = `${said(/Planning +(\S+)/)}/HyperionPlanning/rest/v3/applications/Close/jobs/101`;
    expect(await answerTo(close, { headers: { authorization: BASIC } })).toMatchObject({ status: -1 });

    const ask = async (form: Record<string, string>): Promise<string> => {
      const body = new URLSearchParams(form);
      const client = Buffer.from(`${said(/CLIENT_ID=(\S+)/)}:${said(/CLIENT_SECRET=(\S+)/)}`).toString(
        'base64',
      );
      const headers = { authorization: `Basic ${client}` };
      const token = await answerTo(said(/TOKEN_URL=(\S+)/), { method: 'POST', body, headers });
      return (token as { access_token: string }).access_token;
    };
    const forms = [
      { grant_type: 'refresh_token', refresh_token: said(/REFRESH_TOKEN=(\S+)/) },
      { grant_type: 'client_credentials', scope: 'urn:opc:epm' },
    ];
    for (const form of forms) {
      const headers = { authorization: `Bearer ${await ask(form)}` };
      for (const pod of [said(/ARCS +(\S+)/), said(/EDM +(\S+)/)])
        expect((await fetch(`${pod}/nowhere`, { headers })).status).toBe(404);
    }

    started.kill('SIGTERM');
    expect(await once(started, 'exit')).toEqual([0, null]);
  }, 20_000);

  it('says so when a port is taken', async () => {
    const fake = await FakeEpm.start();
    const port = Number(new URL(fake.pageUrl).port);

    const [code] = (await once(run('--port', String(port)), 'close')) as [number];

    await fake.close();
    expect([code, output.trim()]).toEqual([
      1,
      `Port ${port} is taken. Stop what runs there, or choose five others: --port ${port + 10}`,
    ]);
  }, 20_000);

  it('says so when the port is none', async () => {
    const [code] = (await once(run('--port', '70000'), 'close')) as [number];

    expect(code).toBe(2);
    expect(output).toContain('The port must be a number up to 65531, not "70000".');
  }, 20_000);
});
