import { DateTime, IANAZone } from 'luxon';
import { POLL_SECONDS } from './board-night';
import { APPS, CELLS, CLOSE_CHANNEL, EPM_KEY, RECON_CHANNEL, SERVICE_KEYS, VISITOR_KEY } from './cast';
import { STALE_AFTER_MS, TABLE_EVERY_MS } from './scheduler-night';

/** Where everything is, on this machine. */
export interface Addresses {
  /** Of Vesper itself. */
  readonly port: number;
  readonly slackApiUrl: string;
  readonly epmTokenUrl: string;
  /** `base_url` by pod. */
  readonly pods: Readonly<Record<string, string>>;
}

/** What has to be kept from others for as long as the demo runs; random, new each time. */
export interface Secrets {
  /** By name of the key. */
  readonly apiKeys: Readonly<Record<string, string>>;
  readonly epmRefreshToken: string;
  readonly epmTokenKey: string;
}

/** The client registered in the stand-in's identity domain. */
export const EPM_CLIENT = 'vesper';

const WINDOW_HOURS = 12;
const MINUTE_MS = 60_000;

const SCOPES: Readonly<Record<string, string>> = { [EPM_KEY]: 'board', [VISITOR_KEY]: 'admin' };

/** @param closeCanvas id of the canvas that is there already */
export function appsFile({ pods, epmTokenUrl }: Addresses, closeCanvas: string): string {
  const servers = APPS.map(({ pod, displayName, family, application }) => {
    const where = { name: displayName, base_url: pods[pod], family };
    return [pod, application === null ? where : { ...where, application }] as const;
  });
  const apps = APPS.map(({ name, displayName, pod, channel }) => {
    const domains = CELLS.filter(({ app }) => app === name).map(({ domain }) => domain);
    return [name, { display_name: displayName, domains, server: pod, channels: [channel] }] as const;
  });
  const file = {
    epm: {
      auth: {
        type: 'oauth',
        token_url: epmTokenUrl,
        client_id: EPM_CLIENT,
        client_secret: '${EPM_CLIENT_SECRET}',
        scope: 'urn:opc:epm',
        grant: 'refresh_token',
        refresh_token: '${EPM_REFRESH_TOKEN}',
      },
      servers: Object.fromEntries(servers),
    },
    pull_mode: { enabled: true, poll_interval_seconds: POLL_SECONDS, max_poll_duration_minutes: 60 },
    apps: Object.fromEntries(apps),
    channels: {
      [CLOSE_CHANNEL.id]: { name: CLOSE_CHANNEL.name, canvas_id: closeCanvas },
      [RECON_CHANNEL.id]: { name: RECON_CHANNEL.name },
    },
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Environment of a Vesper whose window is open and whose patience is short. Paths are relative to the folder it runs in.
 * @param zone of the machine, in which its user reads times
 */
export function vesperEnvironment(
  { port, slackApiUrl }: Addresses,
  { apiKeys, epmRefreshToken, epmTokenKey }: Secrets,
  now: Date,
  zone: string,
): Readonly<Record<string, string>> {
  const timeZone = IANAZone.isValidZone(zone) ? zone : 'UTC';
  const opened = DateTime.fromJSDate(now, { zone: timeZone }).startOf('hour');
  const keys = Object.entries(apiKeys).map(([name, key]) => `${name}:${key}:${SCOPES[name] ?? 'schedulers'}`);
  return {
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: String(port),
    API_KEYS: keys.join(','),
    DATA_DIR: 'data',
    SLACK_BOT_TOKEN: 'xoxb-fake',
    SLACK_CHANNEL_ID: CLOSE_CHANNEL.id,
    SLACK_API_URL: slackApiUrl,
    EOD_TIMEZONE: timeZone,
    EOD_WINDOW_START: opened.toFormat('HH:mm'),
    EOD_WINDOW_END: opened.plus({ hours: WINDOW_HOURS }).toFormat('HH:mm'),
    EOD_UPDATE_INTERVAL_MINUTES: String(TABLE_EVERY_MS / MINUTE_MS),
    STALE_TIMEOUT_MINUTES: String(STALE_AFTER_MS / MINUTE_MS),
    STALE_SCAN_INTERVAL_MINUTES: '0.05',
    APPS_CONFIG: 'apps.json',
    EPM_CLIENT_SECRET: 'vesper-secret',
    EPM_REFRESH_TOKEN: epmRefreshToken,
    EPM_TOKEN_KEY: epmTokenKey,
    LOG_FORMAT: 'json',
  };
}

/** @param random a text that nobody guesses, another one each time */
export function makeSecrets(epmRefreshToken: string, random: () => string): Secrets {
  const names = [...SERVICE_KEYS, EPM_KEY, VISITOR_KEY];
  return {
    apiKeys: Object.fromEntries(names.map((name) => [name, `${name}-${random()}`])),
    epmRefreshToken,
    epmTokenKey: `${random()}${random()}`,
  };
}

/** Pods of the fake EPM, one for each app. */
export function podOptions() {
  return Object.fromEntries(
    APPS.map(({ pod, family, application }) => [
      pod,
      {
        product: family === 'arcs' ? ('arcs' as const) : ('planning' as const),
        ...(application === null ? {} : { applications: [application] }),
      },
    ]),
  );
}
