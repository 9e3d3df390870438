import type { Delivery } from '../../src/domain/notifications/delivery';
import type { OutboxEntry } from '../../src/domain/notifications/outbox';
import { ChangedConcurrently } from '../../src/domain/shared/errors';
import { aDelivery, anAttempt } from '../builders/a-delivery';
import { aStatusUpdate } from '../builders/a-status-update';
import { at, dueEntries, failure, newId, register, report } from './acts';
import { race } from './expectations';
import type { StoreSubject } from './store-subject';

/** What waits to be told, until it is routed. */
export function outboxContract({ store }: StoreSubject): void {
  const isDue = async (entry: OutboxEntry, now: Date) =>
    (await dueEntries(store(), now)).some(({ id }) => id === entry.id);

  it('lists entries as they were written, oldest first, up to the limit', async () => {
    const written: OutboxEntry[] = [];
    for (let n = 0; n < 6; n++) written.push(await failure(store(), at(0, n)));
    const due = await dueEntries(store(), at(1));
    const mine = due.filter(({ id }) => written.some((entry) => entry.id === id));
    expect(mine).toEqual(written);
    for (const limit of [1, 3])
      expect(await store().outbox.listDue(at(1), limit)).toEqual(due.slice(0, limit));
  });

  it('keeps an entry back until it is due', async () => {
    const { schedulerId } = await register(store());
    const told: OutboxEntry[] = [];
    for (let n = 0; n < 5; n++) {
      const update = aStatusUpdate(schedulerId).at(at(n));
      const decision = await report(store(), (n % 2 === 0 ? update.failed() : update.completed()).build());
      told.push(...decision.alertChanges.flatMap(({ outbox }) => outbox));
    }
    const settled = told.at(-1) as OutboxEntry;
    expect(settled).toMatchObject({ event: 'opened', dueAt: at(34) });
    expect(await isDue(settled, at(33, 59_999))).toBe(false);
    expect(await isDue(settled, at(34))).toBe(true);
    for (const entry of told.slice(0, -1)) expect(await isDue(entry, at(4))).toBe(true);
  });

  it('does not let entries that are not due hide those that are', async () => {
    const { schedulerId } = await register(store());
    for (let n = 0; n < 12; n++) {
      const update = aStatusUpdate(schedulerId).at(at(-30, n));
      await report(store(), (n % 2 === 0 ? update.failed() : update.completed()).build());
    }
    for (const entry of await dueEntries(store(), at(-10))) await store().outbox.recordRouted(entry, []);
    const due = await failure(store(), at(-10));
    expect(await store().outbox.listDue(at(-10), 1)).toEqual([due]);
  });

  it('replaces a routed entry by its deliveries', async () => {
    const entry = await failure(store());
    const deliveries = [newId('slack'), newId('mail 🌙')].map((channelId) => aDelivery(entry, channelId));
    await store().outbox.recordRouted(entry, deliveries);
    expect(await isDue(entry, at(120))).toBe(false);
    for (const delivery of deliveries) {
      expect(await store().deliveries.listQueue(delivery.channelId, 10)).toEqual([delivery]);
    }
  });

  it('drops an entry that is routed nowhere', async () => {
    const entry = await failure(store());
    await store().outbox.recordRouted(entry, []);
    expect(await isDue(entry, at(120))).toBe(false);
  });

  it('is routed once, however many try', async () => {
    const entry = await failure(store());
    const rivals = Array.from({ length: 6 }, () => aDelivery(entry, newId('rival')));
    const winners = await race(
      rivals.map((delivery) => async () => {
        await store().outbox.recordRouted(entry, [delivery]);
        return delivery;
      }),
    );
    expect(winners).toHaveLength(1);
    const queued: Delivery[] = [];
    for (const { channelId } of rivals) queued.push(...(await store().deliveries.listQueue(channelId, 10)));
    expect(queued).toEqual(winners);
    const again = store().outbox.recordRouted(entry, [aDelivery(entry, newId('late'))]);
    await expect(again).rejects.toThrow(ChangedConcurrently);
  });

  it('counts unrouted entries and unfinished deliveries together, down to none', async () => {
    for (const entry of await dueEntries(store(), at(600))) await store().outbox.recordRouted(entry, []);
    const before = await store().outbox.depth();
    const channelId = newId('depth');
    const first = await failure(store(), at(-50));
    const second = await failure(store(), at(-40));
    expect(await store().outbox.depth()).toMatchObject({ waiting: before.waiting + 2, oldestDueAt: at(-50) });
    await store().outbox.recordRouted(first, [aDelivery(first, channelId), aDelivery(first, newId('depth'))]);
    expect(await store().outbox.depth()).toMatchObject({ waiting: before.waiting + 3, oldestDueAt: at(-50) });
    await store().outbox.recordRouted(second, []);
    expect((await store().outbox.depth()).waiting).toBe(before.waiting + 2);
  });

  it('counts what is held back, but as late only from when it may be told', async () => {
    for (const entry of await dueEntries(store(), at(600))) await store().outbox.recordRouted(entry, []);
    const before = await store().outbox.depth();
    const { schedulerId } = await register(store());
    for (let n = 0; n < 5; n++) {
      const update = aStatusUpdate(schedulerId).at(at(n - 200));
      await report(store(), (n % 2 === 0 ? update.failed() : update.completed()).build());
    }
    for (const entry of await dueEntries(store(), at(-190))) await store().outbox.recordRouted(entry, []);
    expect(await store().outbox.depth()).toEqual({ waiting: before.waiting + 1, oldestDueAt: at(-166) });
    for (const entry of await dueEntries(store(), at(600))) await store().outbox.recordRouted(entry, []);
  });

  it('is empty when all is routed and delivered', async () => {
    await failure(store());
    for (const entry of await dueEntries(store(), at(600))) await store().outbox.recordRouted(entry, []);
    for (const channelId of await store().deliveries.listBusyChannels()) {
      for (const delivery of await store().deliveries.listQueue(channelId, 1_000)) {
        const skipped: Delivery = { ...delivery, status: 'skipped' };
        const attempt = anAttempt(skipped, 'skipped');
        await store().deliveries.recordAttempt({ delivery: skipped, attempt, message: null, traffic: null });
      }
    }
    expect(await store().deliveries.listBusyChannels()).toEqual([]);
    expect(await store().outbox.depth()).toEqual({ waiting: 0, oldestDueAt: null });
  });
}
