import type { ApiKey } from '../../domain/api-keys/api-key';
import type { StormRule } from '../../domain/notifications/storm';
import type { EodWindow } from '../../domain/windows/eod-window';
import type { Secret } from './secret';
import type { TrustProxy } from './trust-proxy';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export type StorageConfig =
  | { readonly driver: 'json'; readonly dataDir: string }
  | {
      readonly driver: 'dynamodb';
      /** `null`: AWS itself. */
      readonly endpoint: string | null;
      /** `null`: the SDK's own way of finding it. */
      readonly region: string | null;
      readonly tablePrefix: string;
      readonly createTables: boolean;
    };

export interface SlackConfig {
  readonly token: Secret;
  readonly channelId: string;
  readonly apiUrl: string;
}

/** What a start of Vesper is told, checked and in the shapes in which it is used. */
export interface Config {
  readonly production: boolean;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly trustProxy: TrustProxy;
    /** Per API key, and per address for requests without a right key; 0 switches it off. */
    readonly rateLimitPerMinute: number;
  };
  /** Empty only outside production: then the caller makes a development key. */
  readonly apiKeys: readonly ApiKey[];
  readonly storage: StorageConfig;
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
