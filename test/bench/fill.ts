import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTables } from '../../src/adapters/persistence/dynamodb/create-tables';
import type { Item } from '../../src/adapters/persistence/dynamodb/attributes';
import { toSchedulerItem } from '../../src/adapters/persistence/dynamodb/scheduler.item';
import { tableNames } from '../../src/adapters/persistence/dynamodb/tables';
import { SystemClock } from '../../src/adapters/system/system.clock';
import type { Scheduler } from '../../src/domain/schedulers/scheduler';
import { decideRegistration } from '../../src/domain/schedulers/decide-registration';
import { aScheduler } from '../builders/a-scheduler';
import { namesOf, schedulerIdOf } from './load/workload';

/** Most puts that one BatchWriteItem takes. */
const BATCH = 25;
const AT_ONCE = 8;

/** Puts registered schedulers into new tables, as the adapter writes them, past the API: a hundred thousand registrations take minutes, this takes seconds. */
export async function fillDynamo(endpoint: string, prefix: string, schedulers: number): Promise<void> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const clock = new SystemClock();
  await createTables(client, prefix, { clock, onNotice: () => undefined });
  const table = tableNames(prefix).schedulers;
  const starts = Array.from({ length: Math.ceil(schedulers / BATCH) }, (_, batch) => batch * BATCH).values();
  const write = async () => {
    for (const start of starts) {
      const items = Array.from({ length: Math.min(BATCH, schedulers - start) }, (_, n) =>
        toSchedulerItem(decideRegistration(null, aRegistered(start + n), clock.now())),
      );
      await put(client, table, items);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, write));
  client.destroy();
}

async function put(client: DynamoDBClient, table: string, items: readonly Item[]): Promise<void> {
  const requests = items.map((Item) => ({ PutRequest: { Item } }));
  const { UnprocessedItems: left = {} } = await client.send(
    new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
  );
  if (Object.keys(left).length > 0) throw new Error('DynamoDB is too busy to be filled');
}

/** What the benchmark's registrations say of a scheduler. */
export function aRegistered(index: number): Scheduler {
  const { service_name: serviceName, job_name: jobName } = namesOf(index);
  return aScheduler(schedulerIdOf(index))
    .with({
      serviceName,
      jobName,
      ownerEmail: `team-${index % 97}@example.com`,
      tags: ['bench', `group-${index % 10}`],
    })
    .build();
}
