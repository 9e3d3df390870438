import type { BatchGetItemCommandOutput, QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { aStatusUpdate } from '../../../../test/builders/a-status-update';
import { aDelivery, anAttempt } from '../../../../test/builders/a-delivery';
import { at, failure, register, remove, report } from '../../../../test/contracts/acts';
import { allPages, collect } from '../../../../test/contracts/expectations';
import { answering, FaultyDynamo } from '../../../../test/fakes/dynamo-faults';
import type { SchedulerFilter } from '../../../domain/schedulers/scheduler-filter';
import type { Alert } from '../../../domain/alerts/alert';
import { listSortKey } from '../../../domain/schedulers/scheduler';
import { StorageUnavailable } from '../../../domain/shared/errors';
import { alertKey, alertListKey } from './alert-record.item';
import type { Item } from './attributes';

const ANY: SchedulerFilter = {
  status: null,
  serviceName: null,
  tag: null,
  inWindow: null,
  stale: null,
  q: null,
  defaultTimeoutMinutes: 10,
  now: at(0),
};

describe('reading many', () => {
  let dynamo: FaultyDynamo;

  beforeEach(async () => {
    dynamo = await FaultyDynamo.open();
  });
  afterEach(() => dynamo.close());

  const ids = (found: readonly { readonly schedulerId: string }[]) =>
    found.map(({ schedulerId }) => schedulerId).sort();
  const listed = async (filter: Partial<SchedulerFilter> = {}, limit = 1_000) =>
    allPages(limit, (page) => dynamo.store.schedulers.list({ ...ANY, ...filter }, page));

  async function registered(count: number): Promise<readonly string[]> {
    const all = await Promise.all(
      Array.from({ length: count }, (_, n) =>
        register(dynamo.store, { schedulerId: `job-${n}`, jobName: `Job ${n}` }),
      ),
    );
    return ids(all);
  }

  describe('in pages that end early', () => {
    it.each([1, 2, 7])('finds everything, %d at a time', async (pageSize) => {
      const all = await registered(25);
      for (const id of all) await report(dynamo.store, aStatusUpdate(id).running().at(at(0)).build());
      const entry = await failure(dynamo.store);
      dynamo.endPagesAfter(pageSize);
      expect(ids(await collect(dynamo.store.schedulers.scanRunning()))).toEqual(all);
      expect(ids((await collect(dynamo.store.schedulers.scanAll())).flat())).toHaveLength(26);
      expect(await listed()).toHaveLength(26);
      expect(ids(await listed({ status: 'running' }, 3))).toEqual(all);
      expect(await dynamo.store.outbox.listDue(at(1), 100)).toEqual([entry]);
      expect(await dynamo.store.outbox.depth()).toEqual({ waiting: 1, oldestDueAt: at(0) });
    });

    it('filters a history over pages in which nothing matches', async () => {
      const { schedulerId } = await register(dynamo.store);
      for (let minute = 0; minute < 9; minute++) {
        const update = aStatusUpdate(schedulerId).at(at(minute));
        await report(
          dynamo.store,
          (minute % 4 === 0 ? update.failed(`${minute}`) : update.running()).build(),
        );
      }
      dynamo.endPagesAfter(1);
      const query = { schedulerId, from: at(-60), to: null, status: 'failed' as const };
      const first = await dynamo.store.schedulers.listHistory(query, { limit: 2, after: null });
      expect(first.items.map(({ errorMessage }) => errorMessage)).toEqual(['8', '4']);
      const second = await dynamo.store.schedulers.listHistory(query, { limit: 2, after: first.next });
      expect(second.items.map(({ errorMessage }) => errorMessage)).toEqual(['0']);
      expect(second.next).toBeNull();
    });
  });

  describe('when DynamoDB leaves keys unprocessed', () => {
    it('asks for them again until all are there', async () => {
      const all = await registered(30);
      dynamo.script('BatchGetItemCommand', leaving(29), leaving(10), leaving(3));
      expect(ids(await listed())).toEqual(all);
      expect(dynamo.clock.waits).toEqual([]);
    });

    it('waits while not a single one comes, and then calls it an outage', async () => {
      const all = await registered(3);
      dynamo.script('BatchGetItemCommand', leaving(3), leaving(3));
      expect(ids(await listed())).toEqual(all);
      expect(dynamo.clock.waits).toHaveLength(2);
      dynamo.script('BatchGetItemCommand', ...Array.from({ length: 6 }, () => leaving(3)));
      await expect(listed()).rejects.toThrow(StorageUnavailable);
    });

    function leaving(count: number) {
      return answering((output) => {
        const { Responses: responses = {}, ...rest } = output as BatchGetItemCommandOutput;
        const [table, items] = Object.entries(responses)[0] ?? ['', []];
        const left = items
          .slice(items.length - count)
          .map((item) => ({ scheduler_id: item['scheduler_id'] as { S: string } }));
        return {
          ...rest,
          Responses: { [table]: items.slice(0, items.length - count) },
          UnprocessedKeys: left.length === 0 ? {} : { [table]: { Keys: left, ConsistentRead: true } },
        };
      });
    }
  });

  it('never asks for more than 100 items at once, all of them strongly consistent', async () => {
    const all = await registered(230);
    dynamo.takeCalls();
    expect(ids(await listed())).toEqual(all);
    const requests = dynamo
      .takeCalls()
      .filter(({ command }) => command === 'BatchGetItemCommand')
      .map(
        ({ input }) => Object.values(input.RequestItems)[0] as { Keys: unknown[]; ConsistentRead: boolean },
      );
    expect(requests.map(({ Keys: keys }) => keys.length)).toEqual([100, 100, 30]);
    expect(requests.every(({ ConsistentRead: strong }) => strong)).toBe(true);
  });

  it('reads the list of one service without walking over others', async () => {
    await registered(40);
    for (const serviceName of ['Billing', 'Billing 2', 'Bill']) await register(dynamo.store, { serviceName });
    dynamo.takeCalls();
    expect(await listed({ serviceName: 'Billing' })).toHaveLength(1);
    const [batch] = dynamo.takeCalls().filter(({ command }) => command === 'BatchGetItemCommand');
    expect(Object.values(batch?.input.RequestItems)[0]).toMatchObject({ Keys: { length: 1 } });
  });

  it('walks in large steps when few of many match', async () => {
    await registered(60);
    dynamo.takeCalls();
    expect(await listed({ q: 'Job 57' }, 1)).toHaveLength(1);
    const batches = dynamo.takeCalls().filter(({ command }) => command === 'BatchGetItemCommand');
    expect(batches.length).toBeLessThanOrEqual(3);
  });

  describe('through an index that lags behind', () => {
    it('does not show a scheduler that was removed', async () => {
      const { schedulerId, ...profile } = await register(dynamo.store);
      const [other] = await registered(1);
      await remove(dynamo.store, schedulerId);
      const list_key = { S: listSortKey({ schedulerId, ...profile }) };
      dynamo.script('QueryCommand', stillShowing({ scheduler_id: { S: schedulerId }, list_key }));
      expect(ids(await listed())).toEqual([other]);
    });

    it('does not show a scheduler as running that has ended', async () => {
      const { schedulerId } = await register(dynamo.store);
      await report(dynamo.store, aStatusUpdate(schedulerId).running().at(at(0)).build());
      await report(dynamo.store, aStatusUpdate(schedulerId).completed().at(at(1)).build());
      dynamo.script('QueryCommand', stillShowing({ scheduler_id: { S: schedulerId } }));
      expect((await collect(dynamo.store.schedulers.scanRunning())).flat()).toEqual([]);
    });

    it('shows an alert once, as it is, while it moves from one list to another', async () => {
      const { schedulerId } = await register(dynamo.store);
      await report(dynamo.store, aStatusUpdate(schedulerId).failed().at(at(0)).build());
      const { alertChanges } = await report(
        dynamo.store,
        aStatusUpdate(schedulerId).completed().at(at(1)).build(),
      );
      const alert = alertChanges[0]?.alert as Alert;
      const entry = { ...alertKey(alert.id), list_key: { S: alertListKey(alert) } };
      const list = async (status: 'firing' | null) =>
        (await dynamo.store.alerts.list({ status, dedupKey: null }, { limit: 5, after: null })).items;
      dynamo.script('QueryCommand', stillShowing(entry));
      expect(await list('firing')).toEqual([]);
      dynamo.script('QueryCommand', stillShowing(entry));
      expect(await list(null)).toEqual([alert]);
    });

    function stillShowing(entry: Item) {
      return answering((output) => ({
        ...output,
        Items: [entry, ...((output as QueryCommandOutput).Items ?? [])],
      }));
    }
  });

  it('lists an attempt of an expired alert no more, although it is still stored', async () => {
    const entry = await failure(dynamo.store, dynamo.clock.now());
    const delivery = aDelivery(entry, 'slack');
    await dynamo.store.outbox.recordRouted(entry, [delivery]);
    const attempt = anAttempt({ ...delivery, status: 'sent' }, 'sent');
    await dynamo.store.deliveries.recordAttempt({
      delivery: { ...delivery, status: 'sent' },
      attempt,
      message: null,
      traffic: null,
    });
    const log = async (alertId: string | null) =>
      (
        await dynamo.store.deliveries.listAttempts(
          { alertId, channelId: null, outcome: null },
          { limit: 5, after: null },
        )
      ).items;
    expect(await log(entry.alert.id)).toEqual([attempt]);
    dynamo.clock.skip('31d');
    expect(await log(entry.alert.id)).toEqual([]);
    expect(await log(null)).toEqual([]);
  });
});
