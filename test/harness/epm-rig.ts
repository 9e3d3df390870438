import { installEpm, type EpmFoundations } from '../../src/adapters/oracle-epm/epm.installation';
import type { EpmLog } from '../../src/adapters/oracle-epm/epm-log';
import { RandomIdSource } from '../../src/adapters/system/random.id-source';
import type { EpmAnswer, EpmGateway } from '../../src/domain/board/epm-gateway';
import type { EpmAuthConfig, EpmServerConfig } from '../../src/platform/config/config';
import { Secret } from '../../src/platform/config/secret';
import { FakeClock } from '../fakes/fake-clock';
import { FakeEpm, type EpmCall, type FakeEpmOptions } from '../fakes/fake-epm';
import { MemoryEpmTokens } from '../fakes/memory-epm-tokens';
import { MemoryLeases } from '../fakes/memory-leases';
import { letTimePass } from './let-time-pass';
import type { LogLine } from './slack-rig';

export const CONNECTION = 'epm';
export const TOKEN_KEY = 'a token key of at least 32 characters';

const PASSWORD = 'epm-password';
const CLIENT_SECRET = 'vesper-secret';
/** Whatever the fake issues can be recognised. */
const SECRETS = [
  /fake-(?:access|refresh)-[\w-]+/,
  new RegExp(PASSWORD),
  new RegExp(CLIENT_SECRET),
  new RegExp(Buffer.from(`epm_robot:${PASSWORD}`).toString('base64')),
  new RegExp(Buffer.from(`vesper:${CLIENT_SECRET}`).toString('base64')),
  new RegExp(TOKEN_KEY),
];

export const BASIC_AUTH: EpmAuthConfig = {
  type: 'basic',
  username: 'epm_robot',
  password: new Secret(PASSWORD),
};

export interface Instance {
  readonly auth: EpmAuthConfig;
  readonly instanceId?: string;
  readonly tokenKey?: string | null;
  readonly enabled?: boolean;
}

/** The EPM adapter over real HTTP against the strict fake, both on one clock that a test moves; instances share leases and tokens. */
export class EpmRig {
  readonly leases = new MemoryLeases();
  readonly tokens = new MemoryEpmTokens();
  readonly logged: (Omit<LogLine, 'level'> & { readonly level: 'info' | 'warn' | 'error' })[] = [];
  readonly controller = new AbortController();
  private readonly said: unknown[] = [];

  private constructor(
    readonly fake: FakeEpm,
    readonly clock: FakeClock,
  ) {}

  static async start(options: FakeEpmOptions = {}): Promise<EpmRig> {
    const clock = new FakeClock();
    return new EpmRig(await FakeEpm.start({ now: () => clock.now().getTime(), ...options }), clock);
  }

  /** The servers `planning` and `di` (one pod), `arcs` and `edm`. */
  install({ auth, instanceId = 'instance-1', tokenKey = TOKEN_KEY, enabled = true }: Instance): EpmGateway {
    const on = (id: string, pod: string, family: EpmServerConfig['family']): EpmServerConfig => {
      const application = family === 'planning' ? 'Vision' : null;
      return { id, name: id, baseUrl: this.fake.baseUrl(pod), family, application, auth };
    };
    const servers = [
      on('planning', 'planning', 'planning'),
      on('di', 'planning', 'data-integration'),
      on('arcs', 'arcs', 'arcs'),
      on('edm', 'edm', 'edm'),
    ];
    const key = tokenKey === null ? null : new Secret(tokenKey);
    const config = { servers, tokenKey: key, enabled, pollIntervalMs: 30_000, longestPollMs: 3_600_000 };
    return installEpm(config, this.foundations(instanceId));
  }

  foundations(instanceId: string): EpmFoundations {
    const { leases, tokens, clock } = this;
    return { leases, tokens, clock, ids: new RandomIdSource(clock), log: this.log(), instanceId };
  }

  /** A confidential client by default; each has its own first refresh token unless given. */
  oauth(change: Partial<Extract<EpmAuthConfig, { type: 'oauth' }>> = {}): EpmAuthConfig {
    return {
      type: 'oauth',
      connection: CONNECTION,
      tokenUrl: this.fake.tokenUrl,
      clientId: 'vesper',
      clientSecret: new Secret(CLIENT_SECRET),
      scope: 'urn:opc:epm',
      grant: 'refresh_token',
      refreshToken: new Secret(this.fake.signIn({ client: 'vesper' })),
      ...change,
    };
  }

  /** Time stands still meanwhile: what has to wait for something is not answered. */
  async read(gateway: EpmGateway, server: string, jobId: number | string): Promise<EpmAnswer> {
    const answer = await gateway.readJob(server, String(jobId), this.controller.signal);
    this.said.push(answer);
    return answer;
  }

  /** As `read`, and time passes. */
  readPatiently(gateway: EpmGateway, server: string, jobId: number | string): Promise<EpmAnswer> {
    return letTimePass(this.clock, this.read(gateway, server, jobId));
  }

  /** Refreshes and other requests that the identity service has received. */
  tokenCalls(): EpmCall[] {
    return this.fake.calls('identity');
  }

  /** What should not stand in any answer, log line or record. */
  async leaks(...gateways: readonly EpmGateway[]): Promise<string[]> {
    this.tokens.fails = 'nothing';
    const lost = await Promise.all(gateways.map((gateway) => gateway.listLostSignIns()));
    const plain = (_name: string, value: unknown): unknown =>
      value instanceof Error ? { message: value.message, stack: value.stack, cause: value.cause } : value;
    const text = JSON.stringify([this.said, this.logged, this.tokens.history, lost], plain);
    return SECRETS.flatMap((secret) => secret.exec(text)?.[0] ?? []);
  }

  async close(): Promise<void> {
    this.controller.abort();
    await this.fake.close();
  }

  private log(): EpmLog {
    const write = (level: 'info' | 'warn' | 'error') => (fields: unknown, sentence?: string) => {
      this.logged.push({ level, fields: fields as Record<string, unknown>, sentence: sentence ?? '' });
    };
    return { info: write('info'), warn: write('warn'), error: write('error') };
  }
}
