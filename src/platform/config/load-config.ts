import { validateSync, type ValidationError } from 'class-validator';
import type { EodWindow } from '../../domain/windows/eod-window';
import { NO_APPS, parseAppsFile, type ParsedApps } from './apps-file';
import type { Config, DynamoConfig, LogLevel, SlackConfig, StorageConfig } from './config';
import { ConfigError } from './config.error';
import { DEFAULT_APPS_FILE, DEFAULT_WINDOWS_FILE, Environment } from './config.schema';
import { parseApiKeys } from './parse-api-keys';
import { Secret } from './secret';
import { parseSetting, settingsOf } from './setting.decorator';
import { toQueue } from './queue-section';
import { parseTrustProxy } from './trust-proxy';
import { toTimeOfDay } from './window-rules';
import { parseWindowsFile } from './windows-file';

export interface ConfigSources {
  /** Environment variables; those that Vesper does not know are nobody's business. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Text of a file, or `null` when there is none; throws when it cannot be read. */
  readonly readFile: (path: string) => string | null;
  /** The background jobs that exist. */
  readonly workerNames: readonly string[];
}

/**
 * Environment and files → configuration; reads nothing by itself.
 * @throws ConfigError with every fault at once, none of which quotes a secret
 */
export function loadConfig({ environment, readFile, workerNames }: ConfigSources): Config {
  const faults: string[] = [];
  const settings = readEnvironment(environment, faults);
  const production = settings.NODE_ENV === 'production';
  const apiKeys = parseApiKeys(settings.API_KEYS ?? '', production);
  faults.push(...apiKeys.faults);
  const trustProxy = parseTrustProxy(settings.TRUST_PROXY);
  if (trustProxy === null)
    faults.push('TRUST_PROXY must be false, true, a number of hops up to 99, or a list of addresses');
  const slack = toSlack(settings, faults);
  const fileWindows = readWindowsFile(settings, readFile, faults);
  const apps = readAppsFile(settings, { environment, readFile }, faults);
  const workers = selectWorkers(settings.WORKERS, workerNames, faults);
  const queue = toQueue(settings, workers, faults);
  const storage = toStorage(settings, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    production,
    http: {
      host: settings.HOST,
      port: settings.PORT,
      drainMs: settings.SHUTDOWN_DRAIN_SECONDS * 1_000,
      trustProxy: trustProxy ?? false,
      rateLimitPerMinute: settings.RATE_LIMIT_PER_MINUTE,
    },
    apiKeys: apiKeys.keys,
    storage,
    queue,
    slack,
    windows: fileWindows ?? [toDefaultWindow(settings)],
    windowsFile: fileWindows === null ? null : settings.WINDOWS_CONFIG,
    stale: {
      timeoutMinutes: settings.STALE_TIMEOUT_MINUTES,
      scanIntervalMinutes: settings.STALE_SCAN_INTERVAL_MINUTES,
      scan: settings.STALE_SCAN === 'always' ? 'always' : 'window',
    },
    historyRetentionDays: settings.HISTORY_RETENTION_DAYS,
    ...apps,
    boardChecks: {
      loadingTimeoutMs: settings.BOARD_LOADING_TIMEOUT_MINUTES * 60_000,
      idleMs: settings.BOARD_IDLE_HOURS * 3_600_000,
    },
    alerts: {
      storm: { threshold: settings.ALERT_STORM_THRESHOLD, windowMs: settings.ALERT_STORM_SECONDS * 1_000 },
      repeatEditMs: settings.ALERT_REPEAT_EDIT_SECONDS * 1_000,
    },
    workers,
    heartbeatUrl: settings.HEARTBEAT_URL === undefined ? null : new Secret(settings.HEARTBEAT_URL),
    metrics: { requireKey: settings.METRICS_REQUIRE_KEY },
    log: { level: settings.LOG_LEVEL as LogLevel, format: toLogFormat(settings) },
  };
}

/**
 * Where the tables are, whatever the storage driver: for commands that are about them alone. Other variables are not looked at.
 * @throws ConfigError
 */
export function loadTablesConfig(environment: ConfigSources['environment']): DynamoConfig {
  const { values, errors } = readSettings(environment);
  const faults = errors.filter(({ property }) => /^(DYNAMODB|AWS)_/.test(property)).flatMap(messagesOf);
  if (faults.length > 0) throw new ConfigError(faults);
  return toDynamo(values);
}

/** An empty variable counts as one that is not set. */
function readSettings(environment: ConfigSources['environment']) {
  const values = new Environment();
  for (const setting of settingsOf(Environment.prototype)) {
    const text = environment[setting.name]?.trim() || setting.default;
    if (text !== '') Object.assign(values, { [setting.name]: parseSetting(setting, text) });
  }
  return { values, errors: validateSync(values, { validationError: { target: false, value: false } }) };
}

function messagesOf({ constraints = {} }: ValidationError): string[] {
  return Object.values(constraints);
}

function readEnvironment(environment: ConfigSources['environment'], faults: string[]): Environment {
  const { values, errors } = readSettings(environment);
  faults.push(...errors.flatMap(messagesOf));
  if (values.EOD_WINDOW_START === values.EOD_WINDOW_END)
    faults.push('EOD_WINDOW_END must differ from EOD_WINDOW_START');
  return values;
}

function toSlack(settings: Environment, faults: string[]): SlackConfig | null {
  if (settings.SLACK_BOT_TOKEN === undefined) return null;
  if (settings.SLACK_CHANNEL_ID === undefined) {
    faults.push('SLACK_CHANNEL_ID must be set when SLACK_BOT_TOKEN is: alerts need a channel');
    return null;
  }
  return {
    token: new Secret(settings.SLACK_BOT_TOKEN),
    channelId: settings.SLACK_CHANNEL_ID,
    apiUrl: settings.SLACK_API_URL.replace(/\/*$/, '/'),
  };
}

function toStorage(settings: Environment, faults: string[]): StorageConfig {
  if (settings.STORAGE_DRIVER === 'json') return { driver: 'json', dataDir: settings.DATA_DIR };
  const dynamo = toDynamo(settings);
  // There, a table that is missing is a fault to be noticed (a wrong prefix, half a restore) and not to be replaced by an empty one.
  if (settings.NODE_ENV === 'production' && dynamo.createTables && dynamo.endpoint === null)
    faults.push(
      'DYNAMODB_CREATE_TABLES must be false in production: the tables are made before, from infra/ or by `npm run db:create`. Only what DYNAMODB_ENDPOINT names may be filled at start',
    );
  return dynamo;
}

function toDynamo(settings: Environment): DynamoConfig {
  return {
    driver: 'dynamodb',
    endpoint: settings.DYNAMODB_ENDPOINT ?? null,
    region: settings.AWS_REGION ?? null,
    tablePrefix: settings.DYNAMODB_TABLE_PREFIX,
    createTables: settings.DYNAMODB_CREATE_TABLES,
  };
}

function toDefaultWindow(settings: Environment): EodWindow {
  return {
    name: 'eod',
    timeZone: settings.EOD_TIMEZONE,
    start: toTimeOfDay(settings.EOD_WINDOW_START),
    end: toTimeOfDay(settings.EOD_WINDOW_END),
    intervalMinutes: settings.EOD_UPDATE_INTERVAL_MINUTES,
    channelId: null,
    daysOfWeek: [],
    tags: [],
  };
}

function readWindowsFile(
  settings: Environment,
  readFile: ConfigSources['readFile'],
  faults: string[],
): readonly EodWindow[] | null {
  const file = {
    variable: 'WINDOWS_CONFIG',
    path: settings.WINDOWS_CONFIG,
    optionalAt: DEFAULT_WINDOWS_FILE,
  };
  const text = readNamedFile(file, readFile, faults);
  if (text === null) return null;
  const { windows, faults: found } = parseWindowsFile(text, {
    timeZone: settings.EOD_TIMEZONE,
    intervalMinutes: settings.EOD_UPDATE_INTERVAL_MINUTES,
  });
  faults.push(...found.map((fault) => `${file.path}: ${fault}`));
  return windows;
}

function readAppsFile(
  settings: Environment,
  { environment, readFile }: Omit<ConfigSources, 'workerNames'>,
  faults: string[],
): Pick<Config, 'board' | 'appsFile' | 'epm'> {
  const file = { variable: 'APPS_CONFIG', path: settings.APPS_CONFIG, optionalAt: DEFAULT_APPS_FILE };
  const text = readNamedFile(file, readFile, faults);
  const production = settings.NODE_ENV === 'production';
  const parsed = text === null ? NO_APPS : parseAppsFile(text, { environment, production });
  faults.push(...parsed.faults.map((fault) => `${file.path}: ${fault}`));
  const tokenKey = settings.EPM_TOKEN_KEY === undefined ? null : new Secret(settings.EPM_TOKEN_KEY);
  if (tokenKey === null && needsTokenKey(parsed))
    faults.push(
      `EPM_TOKEN_KEY must be set: ${file.path} has servers that are polled with the grant refresh_token, whose tokens are stored encrypted`,
    );
  return {
    board: { ...parsed.board, timeZone: settings.EOD_TIMEZONE },
    appsFile: text === null ? null : file.path,
    epm: { ...parsed.epm, tokenKey },
  };
}

function needsTokenKey({ epm }: Pick<ParsedApps, 'epm'>): boolean {
  return (
    epm.enabled && epm.servers.some(({ auth }) => auth.type === 'oauth' && auth.grant === 'refresh_token')
  );
}

interface NamedFile {
  readonly variable: string;
  readonly path: string;
  /** The path under which the file may be absent. */
  readonly optionalAt: string;
}

/** @returns `null` without a fault only where having no file is the rule */
function readNamedFile(
  { variable, path, optionalAt }: NamedFile,
  readFile: ConfigSources['readFile'],
  faults: string[],
): string | null {
  try {
    const text = readFile(path);
    if (text === null && path !== optionalAt) faults.push(`${variable} names ${path}, which does not exist`);
    return text;
  } catch (error) {
    faults.push(`${variable} names ${path}, which cannot be read: ${(error as Error).message}`);
    return null;
  }
}

function selectWorkers(text: string, known: readonly string[], faults: string[]): readonly string[] {
  if (text === 'all') return known;
  if (text === 'none') return [];
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  for (const name of names.filter((name) => !known.includes(name)))
    faults.push(`WORKERS names "${name}", which is none of ${known.join(', ')}`);
  return names;
}

function toLogFormat(settings: Environment): 'json' | 'pretty' {
  if (settings.LOG_FORMAT === 'json' || settings.LOG_FORMAT === 'pretty') return settings.LOG_FORMAT;
  return settings.NODE_ENV === 'development' ? 'pretty' : 'json';
}
