import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableNames } from '../../src/adapters/persistence/dynamodb/tables';
import type { Store } from '../../src/adapters/persistence/store';
import { STORES, type StoreCircumstances, type StoreName } from '../../src/adapters/persistence/stores';
import { aBoard } from '../builders/a-board';
import { ShiftedClock } from '../fakes/shifted-clock';
import { alertRepositoryContract } from './alert.repository.contract';
import { boardAuditContract } from './board-audit.contract';
import { boardCanvasContract } from './board-canvas.contract';
import { boardRecordContract } from './board-record.contract';
import { boardSequenceContract } from './board-sequence.contract';
import { decisionSequenceContract } from './decision-sequence.contract';
import { deliveryLogContract } from './delivery-log.contract';
import { deliveryRepositoryContract } from './delivery.repository.contract';
import { durabilityContract } from './durability.contract';
import { epmTokenRepositoryContract } from './epm-token.repository.contract';
import { leaseRepositoryContract } from './lease.repository.contract';
import { nightRepositoryContract } from './night.repository.contract';
import { outboxContract } from './outbox.contract';
import { schedulerHistoryContract } from './scheduler-history.contract';
import { schedulerListContract } from './scheduler-list.contract';
import { schedulerRepositoryContract } from './scheduler.repository.contract';
import { schedulerScanContract } from './scheduler-scan.contract';
import { schedulerSilenceContract } from './scheduler-silence.contract';
import { schedulerStatusContract } from './scheduler-status.contract';
import { storageUpkeepContract } from './storage-upkeep.contract';
import type { Contract } from './store-subject';

/** What each part of a store must hold. A part without a contract does not compile. */
const CONTRACTS: { readonly [Part in keyof Store]: readonly [Contract, ...Contract[]] } = {
  schedulers: [
    schedulerRepositoryContract,
    schedulerStatusContract,
    schedulerSilenceContract,
    schedulerListContract,
    schedulerScanContract,
    schedulerHistoryContract,
    decisionSequenceContract,
  ],
  alerts: [alertRepositoryContract],
  outbox: [outboxContract],
  deliveries: [deliveryRepositoryContract, deliveryLogContract],
  nights: [nightRepositoryContract],
  board: [boardRecordContract, boardAuditContract, boardCanvasContract, boardSequenceContract],
  epmTokens: [epmTokenRepositoryContract],
  leases: [leaseRepositoryContract],
  upkeep: [storageUpkeepContract],
  close: [durabilityContract],
};

/** How a store is tried: opened on a place of its own, which is left clean. */
interface Driver {
  /** @returns a function that opens the same place each time it is called */
  readonly prepare: (circumstances: StoreCircumstances) => Promise<() => Promise<Store>>;
  readonly tidy: () => Promise<void>;
  readonly sequences: number;
}

const RETENTION_DAYS = 30;
const BOARD = aBoard().withChannel('C1').withApp('Planning').build();

/** A thousand commits, each of which waits for the disk, take their time on a busy machine. */
jest.setTimeout(60_000);

/** A store without a driver does not compile. */
const DRIVERS: { readonly [Name in StoreName]: () => Driver } = {
  json: () => {
    const folders: string[] = [];
    return {
      prepare: async (circumstances) => {
        const dataDir = await mkdtemp(join(tmpdir(), 'vesper-contract-'));
        folders.push(dataDir);
        return () => STORES.json({ driver: 'json', dataDir }, circumstances);
      },
      tidy: async () => {
        await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
      },
      sequences: 40,
    };
  },
  dynamodb: () => {
    const endpoint = process.env['DYNAMODB_ENDPOINT'];
    if (endpoint === undefined) throw new Error('DYNAMODB_ENDPOINT is not set');
    const prefixes: string[] = [];
    return {
      prepare: (circumstances) => {
        const tablePrefix = `contract-${randomUUID()}-`;
        prefixes.push(tablePrefix);
        const config = {
          driver: 'dynamodb',
          endpoint,
          region: null,
          tablePrefix,
          createTables: true,
        } as const;
        return Promise.resolve(() => STORES.dynamodb(config, circumstances));
      },
      tidy: async () => {
        const client = new DynamoDBClient({ endpoint });
        const names = prefixes.flatMap((prefix) => Object.values(tableNames(prefix)));
        await Promise.all(names.map((TableName) => client.send(new DeleteTableCommand({ TableName }))));
        client.destroy();
      },
      sequences: 10,
    };
  },
};

describe.each(Object.keys(STORES) as StoreName[])('the %s store', (name) => {
  const driver = DRIVERS[name]();

  describe.each(Object.entries(CONTRACTS))('%s', (_part, contracts) => {
    describe.each(contracts.map((contract) => [contract.name, contract] as const))(
      '%s',
      (_name, contract) => {
        const clock = new ShiftedClock();
        let open: () => Promise<Store>;
        let store: Store | undefined;
        const theStore = () => {
          if (store === undefined) throw new Error('the store did not open');
          return store;
        };

        beforeAll(async () => {
          open = await driver.prepare({ retentionDays: RETENTION_DAYS, clock, board: BOARD });
          store = await open();
        });
        afterAll(() => store?.close());

        contract({
          store: theStore,
          clock,
          retentionDays: RETENTION_DAYS,
          reopen: async () => {
            await theStore().close();
            store = await open();
          },
          sequences: driver.sequences,
        });
      },
    );
  });

  afterAll(() => driver.tidy());
});
