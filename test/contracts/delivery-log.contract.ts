import type { Delivery, DeliveryAttempt } from '../../src/domain/notifications/delivery';
import type { DeliveryLogFilter } from '../../src/domain/notifications/delivery.repository';
import { anAttempt } from '../builders/a-delivery';
import { at, newId } from './acts';
import { queueDelivery, sending, settled } from './delivery-acts';
import { allPages, settles } from './expectations';
import type { StoreSubject } from './store-subject';

/** The log of what was tried. */
export function deliveryLogContract({ store }: StoreSubject): void {
  const logged = (filter: Partial<DeliveryLogFilter>, limit = 1_000): Promise<readonly DeliveryAttempt[]> =>
    allPages(limit, (page) =>
      store().deliveries.listAttempts({ alertId: null, channelId: null, outcome: null, ...filter }, page),
    );

  it('is newest first, filtered by alert, channel and outcome, a page at a time', async () => {
    const channelId = newId('log');
    const written: DeliveryAttempt[] = [];
    const alertIds: string[] = [];
    for (let n = 0; n < 4; n++) {
      const delivery = await queueDelivery(store(), channelId, at(n));
      alertIds.push(delivery.alert.id);
      const begun = await store().deliveries.recordSending(sending(delivery));
      const again: Delivery = { ...begun, status: 'retrying' };
      const retried = anAttempt(again, 'retrying', { at: at(n, 100) });
      await store().deliveries.recordAttempt({
        delivery: again,
        attempt: retried,
        message: null,
        traffic: null,
      });
      const last = { ...begun, version: begun.version + 1, attempts: 2 };
      const end = settled(last, n % 2 === 0 ? 'sent' : 'failed', at(n, 200));
      await store().deliveries.recordAttempt(end);
      written.push(retried, end.attempt);
    }
    const newestFirst = [...written].reverse();
    for (const limit of [1, 3, 8, 9]) await settles(() => logged({ channelId }, limit), newestFirst);
    const having = (fields: Partial<DeliveryAttempt>) =>
      newestFirst.filter((attempt) =>
        Object.entries(fields).every(([field, value]) => attempt[field as keyof DeliveryAttempt] === value),
      );
    const alertId = alertIds[1] as string;
    await settles(() => logged({ alertId }, 1), having({ alertId }));
    await settles(
      () => logged({ alertId, outcome: 'retrying' }, 1),
      having({ alertId, outcome: 'retrying' }),
    );
    await settles(() => logged({ alertId, channelId: newId('other') }, 1), []);
    await settles(() => logged({ channelId, outcome: 'sent' }, 1), having({ outcome: 'sent' }));
    await settles(() => logged({ channelId, outcome: 'suppressed' }, 1), []);
    const everything = await logged({}, 2);
    expect(everything.filter((attempt) => attempt.channelId === channelId)).toEqual(newestFirst);
    const sent = await logged({ outcome: 'sent' }, 2);
    expect(sent).toEqual(everything.filter(({ outcome }) => outcome === 'sent'));
  });

  it('keeps all attempts of one millisecond, also those settled without a try', async () => {
    const channelId = newId('log');
    const first = settled(await queueDelivery(store(), channelId), 'skipped', at(9));
    const second = settled(await queueDelivery(store(), channelId), 'suppressed', at(9));
    await store().deliveries.recordAttempt(first);
    await store().deliveries.recordAttempt(second);
    const found = await logged({ channelId }, 1);
    expect(found).toHaveLength(2);
    expect(found).toEqual(expect.arrayContaining([first.attempt, second.attempt]));
    expect(first.attempt.attempt).toBe(0);
  });

  it('neither skips nor repeats attempts while new ones are written', async () => {
    const channelId = newId('log');
    const there: string[] = [];
    for (let n = 0; n < 5; n++) {
      const record = settled(await queueDelivery(store(), channelId), 'sent', at(n));
      await store().deliveries.recordAttempt(record);
      there.push(record.attempt.id);
    }
    const seen = await allPages(
      2,
      (page) => store().deliveries.listAttempts({ alertId: null, channelId, outcome: null }, page),
      async (pagesRead) => {
        if (pagesRead < 3)
          await store().deliveries.recordAttempt(
            settled(await queueDelivery(store(), channelId), 'sent', at(20)),
          );
      },
    );
    const seenIds = seen.map(({ id }) => id);
    expect(new Set(seenIds).size).toBe(seenIds.length);
    expect(seenIds).toEqual(expect.arrayContaining(there));
  });
}
