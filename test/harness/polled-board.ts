import { FakeClock } from '../fakes/fake-clock';
import { FakeEpm, type Family, type JobScript } from '../fakes/fake-epm';
import { APPS, CHANNELS, EpmBoard } from './epm-board';
import { contentOf } from './json-folder';
import { letTimePass } from './let-time-pass';
import type { HarnessOptions, Vesper } from './vesper';

const CREDENTIALS = {
  EPM_USER: 'epm_robot',
  EPM_PASSWORD: 'epm-password',
  EPM_CLIENT_SECRET: 'vesper-secret',
  EPM_TOKEN_KEY: 'a token key of at least 32 characters',
};
/** In every form in which they are sent; whatever the fake issues can be recognised. */
const SECRETS = [
  /fake-(?:access|refresh)-[\w-]+/,
  ...[
    CREDENTIALS.EPM_PASSWORD,
    CREDENTIALS.EPM_CLIENT_SECRET,
    CREDENTIALS.EPM_TOKEN_KEY,
    Buffer.from(`${CREDENTIALS.EPM_USER}:${CREDENTIALS.EPM_PASSWORD}`).toString('base64'),
    Buffer.from(`vesper:${CREDENTIALS.EPM_CLIENT_SECRET}`).toString('base64'),
  ].map((secret) => new RegExp(secret)),
];

const PASSWORD = { type: 'basic', username: '${EPM_USER}', password: '${EPM_PASSWORD}' };

/** Which pod runs a server of the configuration, and by which of its APIs. */
export const SERVERS: Readonly<Record<string, { readonly pod: string; readonly family: Family }>> = {
  planning: { pod: 'planning', family: 'planning' },
  loads: { pod: 'planning', family: 'data-integration' },
  arcs: { pod: 'arcs', family: 'arcs' },
  edm: { pod: 'edm', family: 'edm' },
};

const POLLED_APPS = {
  Planning: { ...APPS.Planning, domains: Array.from({ length: 12 }, (_, n) => `D${n}`), server: 'planning' },
  Loads: { domains: ['Actual', 'Budget'], server: 'loads' },
  ARCS: { ...APPS.ARCS, domains: Array.from({ length: 12 }, (_, n) => `D${n}`), server: 'arcs' },
  EDM: { domains: ['Accounts'], server: 'edm' },
  Tax: { domains: ['Provision'] },
};

export interface PolledBoardOptions extends HarnessOptions {
  /** How Vesper signs in. Default `password`. */
  readonly auth?: 'password' | 'refresh_token';
  /** `pull_mode` of the file; `null`: it has none. */
  readonly pullMode?: object | null;
}

/** A board whose cells are asked for at a strict EPM. */
export class PolledBoard {
  private constructor(
    readonly epm: FakeEpm,
    readonly board: EpmBoard,
  ) {}

  static async begin({ auth, pullMode, ...options }: PolledBoardOptions = {}): Promise<PolledBoard> {
    const clock = new FakeClock();
    const epm = await FakeEpm.start({ now: () => clock.now().getTime() });
    const signIn = auth === 'refresh_token' ? refreshing(epm) : PASSWORD;
    const pull = pullMode === undefined ? { enabled: true } : pullMode;
    const board = await EpmBoard.begin(
      { ...options, appsFile: appsFile(epm, signIn, pull), environment: signedIn(epm) },
      clock,
    );
    return new PolledBoard(epm, board);
  }

  /** Stops Vesper and starts it again after a person has signed in to EPM anew. */
  restartSignedIn(): Promise<void> {
    return this.board.restart({ environment: signedIn(this.epm) });
  }

  /** Starts a job at EPM, and tells that the cell waits for it. @returns the job's id, as it is pushed */
  async load(cell: string, server: string, script: Partial<JobScript> = {}): Promise<string> {
    const id = this.start(server, script);
    await this.board.push(cell, 'Loading', { job_id: id });
    return id;
  }

  /** Starts a job that runs until it is finished by hand, unless said otherwise. */
  start(server: string, script: Partial<JobScript> = {}): string {
    const { pod, family } = SERVERS[server] ?? { pod: '', family: 'planning' };
    return String(this.epm.startJob(pod, { ...script, family } as JobScript));
  }

  /** One poll now; time passes as far as it waits for something. */
  poll(): Promise<void> {
    return this.board.run('epm-poll');
  }

  /** Polls all along, at their interval unless said otherwise. */
  async pollFor(minutes: number, step = '30s'): Promise<void> {
    const until = this.board.clock.now().getTime() + minutes * 60_000;
    while (this.board.clock.now().getTime() < until) await this.board.pass(1, step, 'epm-poll');
  }

  /** A poll that has begun and stands still: no time passes. */
  begunPoll(vesper: Vesper = this.board.vesper): Promise<void> {
    return vesper.run('epm-poll');
  }

  /** Paths of what a pod was asked. */
  asked(pod: string): readonly string[] {
    return this.epm.calls(pod).map(({ path }) => path);
  }

  /** @returns secrets that stood where they should not: in the log, in what the storage wrote, in alerts, and in what Slack was told */
  async end(): Promise<readonly string[]> {
    const { board, epm } = this;
    const { driver, place } = board.vesper.storage;
    const shown = JSON.stringify([await board.board(), await board.alerts(), board.slack.messages()]);
    await epm.close();
    await letTimePass(board.clock, board.vesper.stop());
    const written = driver === 'json' ? Object.values(await contentOf(place)) : [];
    await board.end();
    const all = [shown, ...board.logged, ...written].join('\n');
    return SECRETS.flatMap((secret) => secret.exec(all)?.[0] ?? []);
  }
}

function signedIn(epm: FakeEpm): Readonly<Record<string, string>> {
  return { ...CREDENTIALS, EPM_REFRESH_TOKEN: epm.signIn({ client: 'vesper' }) };
}

function refreshing(epm: FakeEpm): object {
  return {
    ...{ type: 'oauth', grant: 'refresh_token', token_url: epm.tokenUrl, scope: 'urn:opc:epm' },
    ...{ client_id: 'vesper', client_secret: '${EPM_CLIENT_SECRET}', refresh_token: '${EPM_REFRESH_TOKEN}' },
  };
}

function appsFile(epm: FakeEpm, auth: object, pullMode: object | null): string {
  const servers = Object.entries(SERVERS).map(([id, { pod, family }]) => {
    const application = family === 'planning' ? { application: 'Vision' } : {};
    return [id, { base_url: epm.baseUrl(pod), family, ...application }];
  });
  return JSON.stringify({
    epm: { auth, servers: Object.fromEntries(servers) },
    ...(pullMode !== null && { pull_mode: pullMode }),
    apps: POLLED_APPS,
    channels: CHANNELS,
  });
}
