import * as fc from 'fast-check';
import { listSortKey } from '../../../domain/schedulers/scheduler';
import { aScheduler } from '../../../../test/builders/a-scheduler';
import {
  alertList,
  alertLists,
  listShard,
  listShards,
  outboxShard,
  outboxShards,
  runningShard,
  runningShards,
} from './partitions';
import { TABLES, type TableDefinition } from './tables';

const LARGEST_SORT_KEY = 1_024;
const LARGEST_PARTITION_KEY = 2_048;

describe('the tables', () => {
  it('keep signs of life out of every index', () => {
    const tables: readonly TableDefinition[] = Object.values(TABLES);
    const indexed = tables.flatMap(({ indexes }) =>
      indexes.flatMap(({ partitionKey, sortKey, projected }) => [partitionKey, sortKey, ...projected]),
    );
    expect(indexed).not.toContain('last_heartbeat');
    expect(indexed).not.toContain('stale_alert_id');
  });

  it('take the longest names there can be', () => {
    const name = fc.string({ unit: 'binary', minLength: 200, maxLength: 255 });
    fc.assert(
      fc.property(name, name, (serviceName, jobName) => {
        const scheduler = aScheduler('x'.repeat(255)).with({ serviceName, jobName }).build();
        expect(Buffer.byteLength(listSortKey(scheduler))).toBeLessThanOrEqual(LARGEST_SORT_KEY);
      }),
    );
    expect(`slot#scheduler_failed:${'x'.repeat(255)}`.length).toBeLessThan(LARGEST_PARTITION_KEY);
  });
});

describe('the shards', () => {
  const ids = Array.from({ length: 4_000 }, (_, n) => `service-${n % 37}-job-${n}`);
  const spreads: readonly (readonly [string, (id: string) => string, readonly string[]])[] = [
    ['running', runningShard, runningShards()],
    ['list', listShard, listShards()],
    ['outbox', outboxShard, outboxShards()],
    ['firing alerts', (id) => alertList('firing', id), alertLists('firing')],
  ];

  it.each(spreads)('of %s are all used, about evenly, and all are read', (_name, shardOf, shards) => {
    const used = new Map<string, number>();
    for (const id of ids) used.set(shardOf(id), (used.get(shardOf(id)) ?? 0) + 1);
    expect([...used.keys()].sort()).toEqual([...shards].sort());
    for (const number of used.values()) expect(number).toBeLessThan((2 * ids.length) / shards.length);
  });

  it('stay where they are: what is stored must be found again', () => {
    expect(runningShard('service-a-eod')).toBe('running#15');
    expect(listShard('service-a-eod')).toBe('list#7');
    expect(outboxShard('scheduler_failed:service-a-eod')).toBe('outbox#0');
  });

  it('of alerts cover every status', () => {
    expect(alertLists(null)).toEqual([
      ...alertLists('firing'),
      ...alertLists('acknowledged'),
      ...alertLists('resolved'),
    ]);
  });
});
