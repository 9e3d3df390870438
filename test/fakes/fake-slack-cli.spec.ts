import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { FakeSlack } from './fake-slack';

const ROOT = join(__dirname, '../..');

describe('npm run fake-slack', () => {
  let child: ChildProcess | null = null;
  let output = '';

  afterEach(() => {
    child?.kill('SIGKILL');
  });

  const run = (...args: string[]): ChildProcess => {
    output = '';
    const started = spawn(process.execPath, ['--import', 'tsx', 'test/tools/fake-slack.ts', ...args], {
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

  it('says where the page is and how to start Vesper, takes any channel, and stops on SIGTERM', async () => {
    const started = run('--port', '0');
    while (!output.includes('stops it')) await once(started.stdout as NodeJS.ReadableStream, 'data');

    const apiUrl = /SLACK_API_URL=(\S+)/.exec(output)?.[1] ?? '';
    expect(output).toContain(`Messages   ${apiUrl.replace('api/', '')}`);
    expect(output).toContain('SLACK_BOT_TOKEN=xoxb-fake');
    expect(output).toContain('SLACK_CHANNEL_ID=C0000000001');
    const response = await fetch(`${apiUrl}chat.postMessage`, {
      method: 'POST',
      body: new URLSearchParams({ token: 'xoxb-fake', channel: 'C0123456789', text: 'hello' }),
    });
    expect(await response.json()).toMatchObject({ ok: true });

    started.kill('SIGTERM');
    expect(await once(started, 'exit')).toEqual([0, null]);
  }, 20_000);

  it('says so when the port is taken', async () => {
    const fake = await FakeSlack.start();
    const port = Number(new URL(fake.pageUrl).port);

    const [code] = (await once(run('--port', String(port)), 'close')) as [number];

    await fake.close();
    expect([code, output.trim()]).toEqual([
      1,
      `Port ${port} is taken. Stop what runs there, or choose another: --port ${port + 1}`,
    ]);
  }, 20_000);
});
