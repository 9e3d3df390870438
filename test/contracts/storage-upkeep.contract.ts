import type { Delivery } from '../../src/domain/notifications/delivery';
import { retentionStart } from '../../src/domain/schedulers/history-entry';
import { aDelivery, anAttempt } from '../builders/a-delivery';
import { aStatusUpdate } from '../builders/a-status-update';
import { failure, newId, register, report } from './acts';
import type { StoreSubject } from './store-subject';

const never = new AbortController().signal;

/** Health, deletion of what has outlived its retention, backups. */
export function storageUpkeepContract({ store, clock, retentionDays }: StoreSubject): void {
  async function delivered(channelId: string): Promise<string> {
    const entry = await failure(store(), clock.now());
    const delivery: Delivery = { ...aDelivery(entry, channelId), status: 'skipped' };
    await store().outbox.recordRouted(entry, [aDelivery(entry, channelId)]);
    const attempt = anAttempt(delivery, 'skipped');
    await store().deliveries.recordAttempt({ delivery, attempt, message: null, traffic: null });
    return attempt.id;
  }

  const attemptsOf = async (channelId: string) => {
    const filter = { alertId: null, channelId, outcome: null };
    return (await store().deliveries.listAttempts(filter, { limit: 10, after: null })).items.map(
      ({ id }) => id,
    );
  };

  it('is healthy while it works', async () => {
    await register(store());
    const health = await store().upkeep.checkHealth();
    expect(['ok', 'recovered']).toContain(health.storage);
    expect(Object.values(health.checks).every((check) => typeof check === 'string')).toBe(true);
    expect(health.lastUpdate === null || health.lastUpdate instanceof Date).toBe(true);
  });

  it('makes a backup while it works, or leaves that to the engine', async () => {
    const { schedulerId } = await register(store());
    const made = await store().upkeep.backUp(clock.now());
    expect(made === null || made.length > 0).toBe(true);
    expect(await store().schedulers.find(schedulerId)).not.toBeNull();
  });

  it('drops history, attempts and resolved alerts after their retention, and keeps what is younger or open', async () => {
    const { schedulerId } = await register(store());
    const { schedulerId: mended } = await register(store());
    const begin = clock.now();
    const open = await failure(store(), begin);
    await report(store(), aStatusUpdate(schedulerId).failed().at(begin).build());
    await report(store(), aStatusUpdate(mended).failed().at(begin).build());
    const ended = (await report(store(), aStatusUpdate(schedulerId).completed().at(clock.now()).build()))
      .alertChanges[0];
    const channelId = newId('channel');
    await delivered(channelId);

    clock.skip('2d');
    const late = (await report(store(), aStatusUpdate(mended).completed().at(clock.now()).build()))
      .alertChanges[0];
    const young = await report(store(), aStatusUpdate(schedulerId).running().at(clock.now()).build());
    const youngAttempt = await delivered(channelId);
    clock.skip(`${retentionDays - 1}d`);

    const from = retentionStart(clock.now(), retentionDays);
    const deleted = await store().upkeep.deleteExpired(from, never);
    // Five history entries, one attempt, one alert; none where the engine expires them itself.
    expect([0, 7]).toContain(deleted);
    const query = { schedulerId, from: deleted === 0 ? from : new Date(0), to: null, status: null };
    const { items } = await store().schedulers.listHistory(query, { limit: 10, after: null });
    expect(items).toEqual([young.entry]);
    expect(await attemptsOf(channelId)).toEqual([youngAttempt]);
    expect(await store().alerts.find(ended?.alert.id ?? '')).toBeNull();
    expect(await store().alerts.find(late?.alert.id ?? '')).toEqual(late?.alert);
    expect(await store().alerts.find(open.alert.id)).toEqual(open.alert);
    const page = { limit: 1_000, after: null };
    const { items: alerts } = await store().alerts.list({ status: null, dedupKey: null }, page);
    const alertIds = alerts.map(({ id }) => id);
    expect(alertIds).toEqual(expect.arrayContaining([open.alert.id, late?.alert.id]));
    expect(alertIds).not.toContain(ended?.alert.id);
    expect(await store().upkeep.deleteExpired(from, never)).toBe(0);
  });

  it('deletes nothing when it is to end before it has begun, and leaves that for the next time', async () => {
    const { schedulerId } = await register(store());
    await report(store(), aStatusUpdate(schedulerId).completed().at(clock.now()).build());
    clock.skip(`${retentionDays + 1}d`);
    const from = retentionStart(clock.now(), retentionDays);
    expect(await store().upkeep.deleteExpired(from, AbortSignal.abort())).toBe(0);
    const deleted = await store().upkeep.deleteExpired(from, never);
    const query = { schedulerId, from: deleted === 0 ? from : new Date(0), to: null, status: null };
    expect((await store().schedulers.listHistory(query, { limit: 10, after: null })).items).toEqual([]);
  });

  it('keeps the current status of a scheduler that has been quiet for longer than the retention', async () => {
    const { schedulerId } = await register(store(), {}, clock.now());
    const { scheduler } = await report(
      store(),
      aStatusUpdate(schedulerId).completed(5).at(clock.now()).build(),
    );
    clock.skip(`${retentionDays + 1}d`);
    await store().upkeep.deleteExpired(retentionStart(clock.now(), retentionDays), never);
    expect(await store().schedulers.find(schedulerId)).toEqual(scheduler);
  });
}
