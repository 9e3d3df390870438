import type { Board } from '../../domain/board/board';
import type { Clock } from '../../domain/shared/clock';
import type { StorageConfig } from '../../platform/config/config';
import { openJsonStore } from './json/json.store';
import type { Store } from './store';

export type StoreName = StorageConfig['driver'];

/** The settings of each backend. */
export type StoreConfigs = { readonly [Config in StorageConfig as Config['driver']]: Config };

/** What every backend gets besides its own settings. */
export interface StoreCircumstances {
  /** How long history, resolved alerts and delivery attempts are kept. */
  readonly retentionDays: number;
  readonly clock: Clock;
  /** The configured board, for what a backend shows of it to people. */
  readonly board: Board;
  /** Told what an operator should know although nothing fails. */
  readonly onNotice?: (message: string, fields?: object) => void;
}

/** All backends: what to add a line to. Each is held to the contracts in test/contracts. */
export const STORES: {
  readonly [Name in StoreName]: (
    config: StoreConfigs[Name],
    circumstances: StoreCircumstances,
  ) => Promise<Store>;
} = {
  json: ({ dataDir }, circumstances) => openJsonStore({ ...circumstances, dataDir }),
  // Loaded when it is wanted: the AWS SDK would make up a sixth of the start of an installation that has no use for it.
  dynamodb: async ({ endpoint, region, tablePrefix, createTables }, circumstances) => {
    const { openDynamoStore } = await import('./dynamodb/dynamo.store.js');
    return openDynamoStore({
      ...circumstances,
      ...(endpoint !== null && { endpoint }),
      ...(region !== null && { region }),
      tablePrefix,
      createTables,
    });
  },
};

/** Opens the backend that the configuration names. */
export function openStore<Name extends StoreName>(
  driver: Name,
  config: StoreConfigs[Name],
  circumstances: StoreCircumstances,
): Promise<Store> {
  return STORES[driver](config, circumstances);
}
