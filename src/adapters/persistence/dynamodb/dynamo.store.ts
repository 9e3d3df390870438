import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../../domain/shared/clock';
import type { Store } from '../store';
import { ChannelRegistry } from './channel-registry';
import { createTables, type Notice } from './create-tables';
import { DynamoAlertRepository } from './dynamo-alert.repository';
import { DynamoBoardRepository } from './dynamo-board.repository';
import { DynamoDeliveryRepository } from './dynamo-delivery.repository';
import { DynamoEpmTokenRepository } from './dynamo-epm-token.repository';
import { DynamoLeaseRepository } from './dynamo-lease.repository';
import { DynamoNightRepository } from './dynamo-night.repository';
import { DynamoOutbox } from './dynamo.outbox';
import { DynamoSchedulerRepository } from './dynamo-scheduler.repository';
import { createClient, createProbeClient, type Endpoint } from './dynamo.client';
import { DynamoConnection } from './dynamo.connection';
import { DynamoUpkeep } from './dynamo.upkeep';
import { checkTables, tablesWithoutTtl, toStartError } from './table-check';
import { tableNames } from './tables';

export interface DynamoStoreOptions extends Endpoint {
  readonly tablePrefix: string;
  /** Make missing tables at once; else a missing one is an error. */
  readonly createTables: boolean;
  /** How long history, resolved alerts, delivery attempts and the board's audit are kept. */
  readonly retentionDays: number;
  readonly clock: Clock;
  readonly onNotice?: Notice;
}

/** The storage for many instances and many schedulers. docs/data-model.md lists who asks it for what, by which key. */
export class DynamoStore implements Store {
  readonly schedulers: DynamoSchedulerRepository;
  readonly alerts: DynamoAlertRepository;
  readonly outbox: DynamoOutbox;
  readonly deliveries: DynamoDeliveryRepository;
  readonly nights: DynamoNightRepository;
  readonly board: DynamoBoardRepository;
  readonly epmTokens: DynamoEpmTokenRepository;
  readonly leases: DynamoLeaseRepository;

  constructor(
    private readonly connection: DynamoConnection,
    readonly upkeep: DynamoUpkeep,
    retentionDays: number,
  ) {
    const channels = new ChannelRegistry(connection);
    this.schedulers = new DynamoSchedulerRepository(connection, retentionDays);
    this.alerts = new DynamoAlertRepository(connection);
    this.outbox = new DynamoOutbox(connection, channels);
    this.deliveries = new DynamoDeliveryRepository(connection, channels, retentionDays);
    this.nights = new DynamoNightRepository(connection);
    this.board = new DynamoBoardRepository(connection, retentionDays);
    this.epmTokens = new DynamoEpmTokenRepository(connection);
    this.leases = new DynamoLeaseRepository(connection);
  }

  close(): Promise<void> {
    this.upkeep.close();
    this.connection.close();
    return Promise.resolve();
  }
}

/**
 * Opens the storage on tables that are what this version works with.
 * @throws UnusableTables when one is missing or has other keys
 */
export async function openDynamoStore(options: DynamoStoreOptions): Promise<DynamoStore> {
  const { tablePrefix, clock, onNotice = () => {} } = options;
  const client = createClient(options);
  try {
    if (options.createTables) await createTables(client, tablePrefix, { clock, onNotice });
    else await checkTables(client, tablePrefix);
    const notices = await noticesOf(client, tablePrefix);
    for (const notice of notices) onNotice(notice);
    const hotClient = createClient(options);
    const connection = new DynamoConnection({ client, hotClient, tables: tableNames(tablePrefix), clock });
    const upkeep = new DynamoUpkeep(connection, createProbeClient(options), notices);
    return new DynamoStore(connection, upkeep, options.retentionDays);
  } catch (error) {
    client.destroy();
    throw toStartError(error);
  }
}

async function noticesOf(client: DynamoDBClient, prefix: string): Promise<readonly string[]> {
  const growing = await tablesWithoutTtl(client, prefix);
  return growing.map((name) => `Time to live is off for table ${name}: nothing in it is ever deleted`);
}
