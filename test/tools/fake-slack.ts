import { parseArgs } from 'node:util';
import { FakeSlack } from '../fakes/fake-slack';

const DEFAULT_PORT = '3999';
const USAGE = `Usage: npm run fake-slack -- [--port 3999] [--host 127.0.0.1]

A Slack to try Vesper with, without a workspace: strict like the real one, with a page that shows messages and canvases.
The port may also come from FAKE_SLACK_PORT.`;

interface Settings {
  readonly port: number;
  readonly host: string;
}

/** Throws with a sentence for the user when an argument makes no sense. */
function readSettings(argv: string[]): Settings | null {
  const { values } = parseArgs({
    args: argv,
    options: { port: { type: 'string' }, host: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return null;
  const text = values.port ?? process.env['FAKE_SLACK_PORT'] ?? DEFAULT_PORT;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new Error(`The port must be a number up to 65535, not "${text}".`);
  return { port, host: values.host ?? '127.0.0.1' };
}

function announce(fake: FakeSlack): void {
  console.log(`
Fake Slack is running.

  Messages   ${fake.pageUrl}
  As text    ${fake.pageUrl}render.txt

Start Vesper in another terminal with

  SLACK_BOT_TOKEN=xoxb-fake \\
  SLACK_CHANNEL_ID=C0000000001 \\
  SLACK_API_URL=${fake.apiUrl} \\
  npm start

Any channel id of Slack's form (C and at least 8 capitals or digits) works. Ctrl+C stops it.
`);
}

function explain(error: unknown, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken. Stop what runs there, or choose another: --port ${port + 1}`;
  if (code === 'EACCES') return `Port ${port} needs more rights than this user has. Choose one above 1023.`;
  return message;
}

async function main(): Promise<void> {
  let settings: Settings | null;
  try {
    settings = readSettings(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  if (!settings) return console.log(USAGE);
  let fake: FakeSlack;
  try {
    fake = await FakeSlack.start({ ...settings, autoCreateChannels: true });
  } catch (error) {
    console.error(explain(error, settings.port));
    process.exitCode = 1;
    return;
  }
  announce(fake);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void fake.close());
}

void main();
