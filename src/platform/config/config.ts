import type { ApiKey } from '../../domain/api-keys/api-key';
import type { Board } from '../../domain/board/board';
import type { StormRule } from '../../domain/notifications/storm';
import type { EodWindow } from '../../domain/windows/eod-window';
import type { Secret } from './secret';
import type { TrustProxy } from './trust-proxy';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export type StorageConfig = { readonly driver: 'json'; readonly dataDir: string } | DynamoConfig;

export interface DynamoConfig {
  readonly driver: 'dynamodb';
  /** `null`: AWS itself. */
  readonly endpoint: string | null;
  /** `null`: the SDK's own way of finding it. */
  readonly region: string | null;
  readonly tablePrefix: string;
  readonly createTables: boolean;
}

/** The queue for status updates. */
export interface QueueConfig {
  readonly url: string;
  readonly endpoint: string;
  /** `null`: the SDK's own way of finding it. */
  readonly region: string | null;
}

export interface SlackConfig {
  readonly token: Secret;
  readonly channelId: string;
  readonly apiUrl: string;
}

/** How Vesper signs in to Oracle EPM. */
export type EpmAuthConfig =
  | { readonly type: 'basic'; readonly username: string; readonly password: Secret }
  | {
      readonly type: 'oauth';
      /** Names the sign-in in storage, logs and alerts; servers with the same one share their tokens. */
      readonly connection: string;
      readonly tokenUrl: string;
      readonly clientId: string;
      /** `null`: a public client. */
      readonly clientSecret: Secret | null;
      /** `null`: none is asked for. */
      readonly scope: string | null;
      readonly grant: 'client_credentials' | 'refresh_token';
      /** With which the line of rotating tokens begins; `null` for client credentials. */
      readonly refreshToken: Secret | null;
    };

export const EPM_FAMILIES = ['planning', 'data-integration', 'arcs', 'edm'] as const;
export type EpmFamily = (typeof EPM_FAMILIES)[number];

export interface EpmServerConfig {
  /** As apps name it. */
  readonly id: string;
  readonly name: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly family: EpmFamily;
  /** Name of the EPM application; `null` for families whose paths have none. */
  readonly application: string | null;
  readonly auth: EpmAuthConfig;
}

export interface EpmConfig {
  /** Those that can be asked, in the order of their configuration. */
  readonly servers: readonly EpmServerConfig[];
  /** Encrypts stored tokens; `null` while no server needs it. */
  readonly tokenKey: Secret | null;
  /** `false`: pull mode is switched off. */
  readonly enabled: boolean;
  readonly pollIntervalMs: number;
  /** A cell that is `Loading` for longer is given up. */
  readonly longestPollMs: number;
}

/** What a start of Vesper is told, checked and in the shapes in which it is used. */
export interface Config {
  readonly production: boolean;
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** From the end of readiness to the end of listening. */
    readonly drainMs: number;
    readonly trustProxy: TrustProxy;
    /** Per API key, and per address for requests without a right key; 0 switches it off. */
    readonly rateLimitPerMinute: number;
  };
  /** Empty only outside production: then the caller makes a development key. */
  readonly apiKeys: readonly ApiKey[];
  readonly storage: StorageConfig;
  /** `null`: status updates are applied before they are answered. */
  readonly queue: QueueConfig | null;
  /** `null` while Slack is not configured. */
  readonly slack: SlackConfig | null;
  /** In the order of their configuration; never empty. */
  readonly windows: readonly EodWindow[];
  /** The file the windows came from; `null` when there is only the default window. */
  readonly windowsFile: string | null;
  readonly stale: {
    readonly timeoutMinutes: number;
    readonly scanIntervalMinutes: number;
    /** Whether silence is looked for inside the schedulers' windows only. */
    readonly scan: 'window' | 'always';
  };
  readonly historyRetentionDays: number;
  /** Without apps while there is no file: the board is switched off. */
  readonly board: Board;
  /** The file the board came from; `null` when there is none. */
  readonly appsFile: string | null;
  readonly boardChecks: {
    /** A cell that is `Loading` for longer is stale. */
    readonly loadingTimeoutMs: number;
    /** A board without any update for longer is idle. */
    readonly idleMs: number;
  };
  readonly epm: EpmConfig;
  readonly alerts: {
    readonly storm: StormRule;
    /** A repeated alert's message is edited at most this often. */
    readonly repeatEditMs: number;
  };
  /** Names of the workers that run in this process. */
  readonly workers: readonly string[];
  /** Where Vesper says that it is alive; the address itself is the credential. */
  readonly heartbeatUrl: Secret | null;
  readonly metrics: { readonly requireKey: boolean };
  readonly log: { readonly level: LogLevel; readonly format: 'json' | 'pretty' };
}
