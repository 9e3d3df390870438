import { inspect } from 'node:util';
import { ConfigError } from './config.error';
import { loadConfig, loadTablesConfig } from './load-config';

const WORKERS = ['dispatch', 'stale-scan'];
const TOKEN_KEY = 'k'.repeat(32);

function load(environment: Record<string, string>, files: Record<string, string> = {}) {
  return loadConfig({ environment, readFile: (path) => files[path] ?? null, workerNames: WORKERS });
}

function faultsOf(
  environment: Record<string, string>,
  files: Record<string, string> = {},
): readonly string[] {
  try {
    load(environment, files);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

it('needs nothing: every setting has a default', () => {
  expect(load({})).toEqual({
    production: false,
    http: { host: '0.0.0.0', port: 3000, drainMs: 0, trustProxy: false, rateLimitPerMinute: 100 },
    apiKeys: [],
    storage: { driver: 'json', dataDir: './data' },
    queue: null,
    slack: null,
    windows: [
      {
        name: 'eod',
        timeZone: 'Asia/Jakarta',
        start: { hour: 0, minute: 0 },
        end: { hour: 6, minute: 0 },
        intervalMinutes: 60,
        channelId: null,
        daysOfWeek: [],
        tags: [],
      },
    ],
    windowsFile: null,
    stale: { timeoutMinutes: 10, scanIntervalMinutes: 5, scan: 'window' },
    historyRetentionDays: 30,
    board: { apps: [], channels: [], timeZone: 'Asia/Jakarta' },
    appsFile: null,
    boardChecks: { loadingTimeoutMs: 7_200_000, idleMs: 86_400_000 },
    epm: { servers: [], tokenKey: null, enabled: false, pollIntervalMs: 30_000, longestPollMs: 3_600_000 },
    alerts: { storm: { threshold: 10, windowMs: 30_000 }, repeatEditMs: 30_000 },
    workers: WORKERS,
    heartbeatUrl: null,
    metrics: { requireKey: false },
    log: { level: 'info', format: 'pretty' },
  });
});

it('reads what it is told, decimals included', () => {
  const config = load({
    NODE_ENV: 'production',
    API_KEYS: 'a:abcdefghijklmnopqrstuvwxyz',
    PORT: '8080',
    SHUTDOWN_DRAIN_SECONDS: '2.5',
    TRUST_PROXY: '2',
    RATE_LIMIT_PER_MINUTE: '0.5',
    STORAGE_DRIVER: 'dynamodb',
    DYNAMODB_ENDPOINT: 'http://dynamodb_local:8000',
    DYNAMODB_CREATE_TABLES: 'true',
    AWS_REGION: 'ap-southeast-3',
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_CHANNEL_ID: 'C0123456789',
    SLACK_API_URL: 'http://localhost:9000/api',
    STALE_TIMEOUT_MINUTES: '0.05',
    EOD_UPDATE_INTERVAL_MINUTES: '7.5e-1',
    BOARD_LOADING_TIMEOUT_MINUTES: '0.5',
    BOARD_IDLE_HOURS: '0.001',
    EPM_TOKEN_KEY: TOKEN_KEY,
    WORKERS: 'dispatch, dispatch',
    HEARTBEAT_URL: 'https://hc-ping.com/abc',
    UNHEARD_OF: 'x',
  });
  expect(config).toMatchObject({
    production: true,
    http: { port: 8080, drainMs: 2_500, trustProxy: 2, rateLimitPerMinute: 0.5 },
    storage: {
      driver: 'dynamodb',
      endpoint: 'http://dynamodb_local:8000',
      region: 'ap-southeast-3',
      tablePrefix: 'vesper-',
      createTables: true,
    },
    slack: { channelId: 'C0123456789', apiUrl: 'http://localhost:9000/api/' },
    stale: { timeoutMinutes: 0.05 },
    windows: [{ intervalMinutes: 0.75 }],
    boardChecks: { loadingTimeoutMs: 30_000, idleMs: 3_600 },
    workers: ['dispatch'],
    log: { format: 'json' },
  });
  expect(config.slack?.token.reveal()).toBe('xoxb-1');
  expect(config.heartbeatUrl?.reveal()).toBe('https://hc-ping.com/abc');
  expect(config.epm.tokenKey?.reveal()).toBe(TOKEN_KEY);
});

describe('making tables at start', () => {
  const keys = { API_KEYS: 'a:abcdefghijklmnopqrstuvwxyz' };
  const filling = { STORAGE_DRIVER: 'dynamodb', DYNAMODB_CREATE_TABLES: 'true' };

  it('is refused in production: a table that is missing there is to be noticed, not to be replaced by an empty one', () => {
    expect(faultsOf({ ...keys, ...filling, NODE_ENV: 'production' })).toEqual([
      expect.stringMatching(
        /^DYNAMODB_CREATE_TABLES must be false in production: .*infra\/.*npm run db:create/,
      ),
    ]);
  });

  it('is for development, and for a stand-in', () => {
    expect(load(filling).storage).toMatchObject({ createTables: true });
    const standIn = { DYNAMODB_ENDPOINT: 'http://localhost:8000', NODE_ENV: 'production' };
    expect(load({ ...keys, ...filling, ...standIn }).storage).toMatchObject({ createTables: true });
    expect(faultsOf({ ...keys, ...filling, NODE_ENV: 'production', STORAGE_DRIVER: 'json' })).toEqual([]);
  });
});

describe('where the tables are, for commands about them alone', () => {
  it('is read as the service reads it, an empty variable as one that is not set', () => {
    for (const environment of [{}, { DYNAMODB_TABLE_PREFIX: '', DYNAMODB_ENDPOINT: ' ', AWS_REGION: '' }])
      expect(loadTablesConfig(environment)).toEqual(
        load({ ...environment, STORAGE_DRIVER: 'dynamodb' }).storage,
      );
    const told = { DYNAMODB_TABLE_PREFIX: 'night-', AWS_REGION: 'eu-central-1' };
    expect(loadTablesConfig(told)).toMatchObject({
      tablePrefix: 'night-',
      region: 'eu-central-1',
      endpoint: null,
    });
  });

  it('is refused where the service would refuse it, whatever the rest says', () => {
    expect(() => loadTablesConfig({ DYNAMODB_TABLE_PREFIX: 'a b', PORT: 'x' })).toThrow(
      /^The configuration has 1 fault[^]*DYNAMODB_TABLE_PREFIX must/,
    );
    expect(loadTablesConfig({ NODE_ENV: 'production', PORT: 'x' })).toMatchObject({ tablePrefix: 'vesper-' });
  });
});

it('takes an empty variable for one that is not set', () => {
  expect(load({ PORT: '', SLACK_BOT_TOKEN: ' ', WORKERS: '', LOG_FORMAT: '' })).toEqual(load({}));
});

it('lists every fault in one message', () => {
  const faults = faultsOf({
    NODE_ENV: 'prodution',
    PORT: '70000',
    RATE_LIMIT_PER_MINUTE: 'many',
    DYNAMODB_CREATE_TABLES: 'yes',
    EOD_TIMEZONE: 'Mars/Olympus',
    EOD_WINDOW_START: '25:00',
    TRUST_PROXY: 'everybody',
    SHUTDOWN_DRAIN_SECONDS: '61',
    SLACK_BOT_TOKEN: 'xoxb-1',
    WORKERS: 'dispatch,sweep',
    API_KEYS: 'a',
    STALE_TIMEOUT_MINUTES: '0',
    SLACK_API_URL: 'slack',
    BOARD_LOADING_TIMEOUT_MINUTES: '0',
    BOARD_IDLE_HOURS: 'never',
    EPM_TOKEN_KEY: 'k'.repeat(31),
  });
  const named = ['NODE_ENV', 'PORT', 'RATE_LIMIT_PER_MINUTE', 'DYNAMODB_CREATE_TABLES', 'EOD_TIMEZONE'];
  named.push('EOD_WINDOW_START', 'TRUST_PROXY', 'SLACK_CHANNEL_ID', 'WORKERS', 'API_KEYS');
  named.push('STALE_TIMEOUT_MINUTES', 'SLACK_API_URL', 'BOARD_LOADING_TIMEOUT_MINUTES', 'BOARD_IDLE_HOURS');
  named.push('EPM_TOKEN_KEY', 'SHUTDOWN_DRAIN_SECONDS');
  for (const name of named) expect(faults.filter((fault) => fault.startsWith(name))).not.toHaveLength(0);
  expect(() => load({ PORT: 'x', HOST: 'y', LOG_LEVEL: 'loud' })).toThrow(
    /^The configuration has \d+ faults:\n {2}- /,
  );
});

it.each([
  [{ PORT: '3000.5' }, 'PORT must be an integer number'],
  [{ PORT: '0x10' }, 'PORT must be an integer number'],
  [{ EOD_WINDOW_START: '06:00' }, 'EOD_WINDOW_END must differ from EOD_WINDOW_START'],
  [{ WINDOWS_CONFIG: 'other.json' }, 'WINDOWS_CONFIG names other.json, which does not exist'],
  [{ APPS_CONFIG: 'other.json' }, 'APPS_CONFIG names other.json, which does not exist'],
  [{ EPM_TOKEN_KEY: 'hidden' }, 'EPM_TOKEN_KEY must have at least 32 characters'],
  [{ NODE_ENV: 'production' }, 'API_KEYS must hold at least one key in production'],
  [
    { NODE_ENV: 'production', API_KEYS: 'a:short' },
    'API_KEYS: entry 1 must have a key of at least 24 characters in production',
  ],
])('refuses %j', (environment, fault) => {
  expect(faultsOf(environment as Record<string, string>)).toContain(fault);
});

it('lets the windows file take the place of the default window', () => {
  const file = JSON.stringify({ windows: [{ name: 'late', start: '20:00', end: '23:00' }] });
  const config = load({ EOD_TIMEZONE: 'Europe/Berlin' }, { 'config/windows.json': file });
  expect(config).toMatchObject({
    windowsFile: 'config/windows.json',
    windows: [{ name: 'late', timeZone: 'Europe/Berlin', intervalMinutes: 60 }],
  });
  const faults = faultsOf({ PORT: 'x' }, { 'config/windows.json': '{"windows":[{"name":"late"}]}' });
  expect(faults).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^PORT /),
      expect.stringMatching(/^config\/windows\.json: windows\[0\]: start must be/),
    ]),
  );
});

describe('the apps file', () => {
  const file = (grant: object, enabled = true) => ({
    'board/apps.json': JSON.stringify({
      epm: {
        auth: { type: 'oauth', token_url: 'https://idcs/token', client_id: 'v', ...grant },
        servers: { arcs: { base_url: 'https://arcs', family: 'arcs' } },
      },
      pull_mode: { enabled },
      apps: { ARCS: { domains: ['Reconciliation'], server: 'arcs' } },
    }),
  });
  const environment = { APPS_CONFIG: 'board/apps.json', EOD_TIMEZONE: 'Europe/Berlin' };
  const REFRESHING = { refresh_token: '${EPM_REFRESH_TOKEN}' };
  const refreshToken = { EPM_REFRESH_TOKEN: 'hidden' };

  it('makes the board, in the configured zone', () => {
    const config = load({ ...environment, ...refreshToken, EPM_TOKEN_KEY: TOKEN_KEY }, file(REFRESHING));
    expect(config).toMatchObject({
      appsFile: 'board/apps.json',
      board: { apps: [{ name: 'ARCS', server: 'arcs' }], channels: [], timeZone: 'Europe/Berlin' },
      epm: { enabled: true, servers: [{ id: 'arcs', auth: { grant: 'refresh_token' } }] },
    });
  });

  it('has its faults listed with all others', () => {
    const faults = faultsOf(
      { ...environment, PORT: '70000' },
      { 'board/apps.json': '{"apps":{"A":{"domains":["${X}"]}}}' },
    );
    expect(faults).toEqual([
      expect.stringMatching(/^PORT /),
      'board/apps.json: apps.A.domains[0]: the environment variable X is not set',
    ]);
  });

  it('must not speak http in production', () => {
    const secret = { client_secret: 's', token_url: 'http://localhost/token' };
    expect(faultsOf(environment, file(secret))).toEqual([]);
    const faults = faultsOf(
      { ...environment, NODE_ENV: 'production', API_KEYS: `a:${TOKEN_KEY}` },
      file(secret),
    );
    expect(faults).toEqual([
      expect.stringMatching(/^board\/apps\.json: epm\.auth\.token_url: must begin with https/),
    ]);
  });

  it('needs EPM_TOKEN_KEY while rotating tokens are polled with, and only then', () => {
    const told = { ...environment, ...refreshToken };
    expect(faultsOf(told, file(REFRESHING))).toEqual([
      'EPM_TOKEN_KEY must be set: board/apps.json has servers that are polled with the grant refresh_token, whose tokens are stored encrypted',
    ]);
    expect(faultsOf({ ...told, EPM_TOKEN_KEY: 'short' }, file(REFRESHING))).toEqual([
      'EPM_TOKEN_KEY must have at least 32 characters',
    ]);
    expect(faultsOf(told, file(REFRESHING, false))).toEqual([]);
    expect(faultsOf(environment, file({ client_secret: 's' }))).toEqual([]);
  });
});

it('lists files that cannot be read as one more fault each', () => {
  const readFile = () => {
    throw new Error('EACCES: permission denied');
  };
  const start = () => loadConfig({ environment: { PORT: 'x' }, readFile, workerNames: WORKERS });
  expect(start).toThrow(/PORT must[^]*config\/windows\.json, which cannot be read: EACCES/);
  expect(start).toThrow(/APPS_CONFIG names config\/apps\.json, which cannot be read: EACCES/);
});

it('shows no secret, whichever way the configuration is printed', () => {
  const secrets = {
    SLACK_BOT_TOKEN: 'xoxb-hidden',
    HEARTBEAT_URL: 'https://hidden.example/x',
    API_KEYS: 'a:hidden-key',
    EPM_TOKEN_KEY: `hidden${TOKEN_KEY}`,
  };
  const config = load({ ...secrets, SLACK_CHANNEL_ID: 'C0123456789' });
  expect(
    `${JSON.stringify(config)} ${inspect(config, { depth: 9 })} ${String(config.slack?.token)}`,
  ).not.toContain('hidden');
  const faults = faultsOf({
    API_KEYS: 'hidden:name:hidden:x',
    SLACK_BOT_TOKEN: 'hidden ü',
    HEARTBEAT_URL: 'hidden',
    EPM_TOKEN_KEY: 'hidden',
  });
  expect(faults.join()).not.toContain('hidden');
});
