import { parseArgs } from 'node:util';
import { FakeEpm, FakeEpmOptions } from '../fakes/fake-epm';

const DEFAULT_PORT = '4100';
const USAGE = `Usage: npm run fake-epm -- [--port 4100] [--host 127.0.0.1] [--application Vision]... [--accept-client-credentials]

An Oracle EPM Cloud to try Vesper with: a page and control endpoint at the port, the identity domain at the next one,
then the pods planning, arcs and edm. The port may also come from FAKE_EPM_PORT; 0 takes free ones. By default the pods
answer 401 to a token of the grant client_credentials, as it names no user.`;

interface Settings {
  readonly port: number;
  readonly host: string;
  readonly applications: readonly string[];
  readonly acceptsTokensWithoutUser: boolean;
}

/** Throws with a sentence for the user when an argument makes no sense. */
function readSettings(argv: string[]): Settings | null {
  const { values } = parseArgs({
    args: argv,
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      application: { type: 'string', multiple: true },
      'accept-client-credentials': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return null;
  const text = values.port ?? process.env['FAKE_EPM_PORT'] ?? DEFAULT_PORT;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_531)
    throw new Error(`The port must be a number up to 65531, not "${text}".`);
  return {
    port,
    host: values.host ?? '127.0.0.1',
    applications: values.application ?? ['Vision'],
    acceptsTokensWithoutUser: values['accept-client-credentials'] ?? false,
  };
}

function optionsOf({ port, host, applications, acceptsTokensWithoutUser }: Settings): FakeEpmOptions {
  const at = (step: number): number => (port === 0 ? 0 : port + step);
  const rules = { acceptsTokensWithoutUser };
  return {
    port,
    host,
    identity: { port: at(1) },
    pods: {
      planning: { product: 'planning', applications, port: at(2), ...rules },
      arcs: { product: 'arcs', port: at(3), ...rules },
      edm: { product: 'edm', port: at(4), ...rules },
    },
  };
}

function announce(fake: FakeEpm): void {
  console.log(`
Fake EPM is running.

  Jobs       ${fake.pageUrl}
  As text    ${fake.pageUrl}state.txt
  Planning   ${fake.baseUrl('planning')}
  ARCS       ${fake.baseUrl('arcs')}
  EDM        ${fake.baseUrl('edm')}

Vesper signs in with a user (epm_robot, epm-password) or with

  EPM_TOKEN_URL=${fake.tokenUrl}
  EPM_CLIENT_ID=vesper
  EPM_CLIENT_SECRET=vesper-secret
  EPM_REFRESH_TOKEN=${fake.signIn({ client: 'vesper' })}

A job that runs for a minute and fails:

  curl -d '{"family":"planning","runsForMs":60000,"ends":{"status":1,"details":"Rule failed"}}' ${fake.pageUrl}_fake/pods/planning/jobs

Ctrl+C stops it.
`);
}

function explain(error: unknown, port: number): string {
  const { code, message, port: taken } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE')
    return `Port ${taken ?? port} is taken. Stop what runs there, or choose five others: --port ${port + 10}`;
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
  let fake: FakeEpm;
  try {
    fake = await FakeEpm.start(optionsOf(settings));
  } catch (error) {
    console.error(explain(error, settings.port));
    process.exitCode = 1;
    return;
  }
  announce(fake);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void fake.close());
}

void main();
