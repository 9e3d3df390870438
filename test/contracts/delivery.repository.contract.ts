import type { AttemptRecord, DeliveryLogFilter } from '../../src/domain/notifications/delivery.repository';
import type { AlertMessage, Delivery, DeliveryAttempt } from '../../src/domain/notifications/delivery';
import { quietTraffic, type ChannelTraffic } from '../../src/domain/notifications/storm';
import { ChangedConcurrently } from '../../src/domain/shared/errors';
import { aDelivery, anAttempt } from '../builders/a-delivery';
import { at, failure, newId } from './acts';
import { allPages, race } from './expectations';
import { ODD_TEXT } from './odd-values';
import type { StoreSubject } from './store-subject';

const FAR_FUTURE = new Date('9999-12-31T23:59:59.999Z');

/** The queues of the channels, what is remembered of them, and the log. */
export function deliveryRepositoryContract({ store }: StoreSubject): void {
  const queueOf = (channelId: string) => store().deliveries.listQueue(channelId, 1_000);
  const logged = (filter: Partial<DeliveryLogFilter>, limit = 1_000): Promise<readonly DeliveryAttempt[]> =>
    allPages(limit, (page) =>
      store().deliveries.listAttempts({ alertId: null, channelId: null, outcome: null, ...filter }, page),
    );

  async function queued(channelId = newId('channel'), now = at(0)): Promise<Delivery> {
    const entry = await failure(store(), now);
    const delivery = aDelivery(entry, channelId);
    await store().outbox.recordRouted(entry, [delivery]);
    return delivery;
  }

  describe('the queue', () => {
    it('holds the unfinished deliveries of its channel, oldest first, up to the limit', async () => {
      const channelId = newId('channel 🌙/#:');
      await queued();
      const deliveries: Delivery[] = [];
      for (const ms of [0, 1, 1, 1, 2]) deliveries.push(await queued(channelId, at(0, ms)));
      expect(await queueOf(channelId)).toEqual(deliveries);
      expect(await store().deliveries.listQueue(channelId, 2)).toEqual(deliveries.slice(0, 2));
      expect(await queueOf(newId('idle'))).toEqual([]);
    });

    it('names its channel as busy until all of it is finished', async () => {
      const channelId = newId('busy');
      const first = await queued(channelId);
      const second = await queued(channelId);
      const isBusy = async () =>
        (await store().deliveries.listBusyChannels()).filter((id) => id === channelId);
      expect(await isBusy()).toEqual([channelId]);
      await store().deliveries.recordAttempt(settled(first, 'sent'));
      expect(await isBusy()).toEqual([channelId]);
      await store().deliveries.recordAttempt(settled(second, 'failed'));
      expect(await isBusy()).toEqual([]);
      await queued(channelId);
      expect(await isBusy()).toEqual([channelId]);
    });

    it('shows an attempt as begun before anything was sent', async () => {
      const delivery = await queued();
      const begun = await store().deliveries.recordSending(sending(delivery));
      expect(begun).toEqual({ ...sending(delivery), version: delivery.version + 1 });
      expect(await queueOf(delivery.channelId)).toEqual([begun]);
    });

    it('lets one of many begin an attempt', async () => {
      const delivery = await queued();
      const winners = await race(
        Array.from({ length: 5 }, () => () => store().deliveries.recordSending(sending(delivery))),
      );
      expect(winners).toHaveLength(1);
      expect(await queueOf(delivery.channelId)).toEqual(winners);
    });

    it('keeps its order when deliveries are tried again', async () => {
      const channelId = newId('channel');
      const first = await queued(channelId, at(0));
      const second = await queued(channelId, at(1));
      const begun = await store().deliveries.recordSending(sending(first));
      const again: Delivery = {
        ...begun,
        status: 'retrying',
        outcomeUnknown: true,
        nextAttemptAt: FAR_FUTURE,
      };
      const attempt = anAttempt(again, 'retrying', {
        nextAttemptAt: FAR_FUTURE,
        reason: ODD_TEXT,
        httpStatus: 503,
      });
      await store().deliveries.recordAttempt({ delivery: again, attempt, message: null, traffic: null });
      expect(await queueOf(channelId)).toEqual([{ ...again, version: begun.version + 1 }, second]);
      expect(await logged({ channelId })).toEqual([attempt]);
    });

    it.each(['sent', 'failed', 'skipped', 'suppressed'] as const)(
      'drops a delivery that is %s, and logs it',
      async (end) => {
        const delivery = await queued();
        const begun = await store().deliveries.recordSending(sending(delivery));
        const record = settled(begun, end);
        await store().deliveries.recordAttempt(record);
        expect(await queueOf(delivery.channelId)).toEqual([]);
        expect(await logged({ channelId: delivery.channelId })).toEqual([record.attempt]);
        await expect(store().deliveries.recordAttempt(record)).rejects.toThrow(ChangedConcurrently);
        await expect(store().deliveries.recordSending(begun)).rejects.toThrow(ChangedConcurrently);
        expect(await queueOf(delivery.channelId)).toEqual([]);
        expect(await logged({ channelId: delivery.channelId })).toHaveLength(1);
      },
    );
  });

  describe('an attempt', () => {
    it('is written with the message and the traffic that follow from it', async () => {
      const delivery = await store().deliveries.recordSending(sending(await queued()));
      const { channelId } = delivery;
      const message = aMessage(delivery);
      const traffic = busyTraffic(channelId);
      await store().deliveries.recordAttempt({ ...settled(delivery, 'sent'), message, traffic });
      expect(await store().deliveries.findMessage(delivery.alert.id, channelId)).toEqual(message);
      expect(await store().deliveries.findTraffic(channelId)).toEqual({ ...traffic, version: 1 });
    });

    it('leaves nothing behind when the delivery has changed since it was read', async () => {
      const delivery = await queued();
      const begun = await store().deliveries.recordSending(sending(delivery));
      const { channelId } = delivery;
      const record = {
        ...settled(delivery, 'sent'),
        message: aMessage(delivery),
        traffic: busyTraffic(channelId),
      };
      await expect(store().deliveries.recordAttempt(record)).rejects.toThrow(ChangedConcurrently);
      await expectUntouched(begun);
      expect(await store().deliveries.findTraffic(channelId)).toEqual(quietTraffic(channelId));
    });

    it('leaves nothing behind when the traffic has changed since it was read', async () => {
      const delivery = await store().deliveries.recordSending(sending(await queued()));
      const { channelId } = delivery;
      const stored = await store().deliveries.recordTraffic(quietTraffic(channelId));
      const record = {
        ...settled(delivery, 'sent'),
        message: aMessage(delivery),
        traffic: busyTraffic(channelId),
      };
      await expect(store().deliveries.recordAttempt(record)).rejects.toThrow(ChangedConcurrently);
      await expectUntouched(delivery);
      expect(await store().deliveries.findTraffic(channelId)).toEqual(stored);
    });

    it('replaces the message of its alert, and no other', async () => {
      const delivery = await queued();
      const { channelId, alert } = delivery;
      const message = aMessage(delivery);
      await store().deliveries.recordAttempt({ ...settled(delivery, 'sent'), message });
      expect(await store().deliveries.findMessage(alert.id, newId('other'))).toBeNull();
      expect(await store().deliveries.findMessage(newId('other'), channelId)).toBeNull();
      const repeat = await queued(channelId, at(1));
      const edited = { ...message, editedAt: at(1, 1), reference: '' };
      await store().deliveries.recordAttempt({ ...settled(repeat, 'sent'), message: edited });
      expect(await store().deliveries.findMessage(alert.id, channelId)).toEqual(edited);
    });

    async function expectUntouched(delivery: Delivery): Promise<void> {
      expect(await queueOf(delivery.channelId)).toEqual([delivery]);
      expect(await logged({ channelId: delivery.channelId })).toEqual([]);
      expect(await store().deliveries.findMessage(delivery.alert.id, delivery.channelId)).toBeNull();
    }
  });

  describe('the traffic of a channel', () => {
    it('is quiet at first, and remembered as it was recorded', async () => {
      const channelId = newId('traffic 🌙');
      expect(await store().deliveries.findTraffic(channelId)).toEqual(quietTraffic(channelId));
      const busy = busyTraffic(channelId);
      const first = await store().deliveries.recordTraffic(busy);
      expect(first).toEqual({ ...busy, version: 1 });
      expect(await store().deliveries.findTraffic(channelId)).toEqual(first);
      const second = await store().deliveries.recordTraffic({ ...first, recentOpenings: [], storm: null });
      expect(second).toEqual({ ...quietTraffic(channelId), version: 2 });
      expect(await store().deliveries.findTraffic(channelId)).toEqual(second);
    });

    it('is refused in any version but the one stored', async () => {
      const channelId = newId('traffic');
      const first = await store().deliveries.recordTraffic(quietTraffic(channelId));
      for (const version of [0, 2]) {
        const record = store().deliveries.recordTraffic({ ...busyTraffic(channelId), version });
        await expect(record).rejects.toThrow(ChangedConcurrently);
      }
      expect(await store().deliveries.findTraffic(channelId)).toEqual(first);
      const winners = await race(
        Array.from({ length: 5 }, () => () => store().deliveries.recordTraffic(first)),
      );
      expect(winners).toHaveLength(1);
    });
  });

  describe('the log', () => {
    it('is newest first, filtered by alert, channel and outcome, a page at a time', async () => {
      const channelId = newId('log');
      const written: DeliveryAttempt[] = [];
      const alertIds: string[] = [];
      for (let n = 0; n < 4; n++) {
        const delivery = await queued(channelId, at(n));
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
      for (const limit of [1, 3, 8, 9]) expect(await logged({ channelId }, limit)).toEqual(newestFirst);
      const having = (fields: Partial<DeliveryAttempt>) =>
        newestFirst.filter((attempt) =>
          Object.entries(fields).every(([field, value]) => attempt[field as keyof DeliveryAttempt] === value),
        );
      const alertId = alertIds[1] as string;
      expect(await logged({ alertId }, 1)).toEqual(having({ alertId }));
      expect(await logged({ alertId, outcome: 'retrying' }, 1)).toEqual(
        having({ alertId, outcome: 'retrying' }),
      );
      expect(await logged({ alertId, channelId: newId('other') }, 1)).toEqual([]);
      expect(await logged({ channelId, outcome: 'sent' }, 1)).toEqual(having({ outcome: 'sent' }));
      expect(await logged({ channelId, outcome: 'suppressed' }, 1)).toEqual([]);
      const everything = await logged({}, 2);
      expect(everything.filter((attempt) => attempt.channelId === channelId)).toEqual(newestFirst);
      const sent = await logged({ outcome: 'sent' }, 2);
      expect(sent).toEqual(everything.filter(({ outcome }) => outcome === 'sent'));
    });

    it('keeps all attempts of one millisecond, also those settled without a try', async () => {
      const channelId = newId('log');
      const first = settled(await queued(channelId), 'skipped', at(9));
      const second = settled(await queued(channelId), 'suppressed', at(9));
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
        const record = settled(await queued(channelId), 'sent', at(n));
        await store().deliveries.recordAttempt(record);
        there.push(record.attempt.id);
      }
      const seen = await allPages(
        2,
        (page) => store().deliveries.listAttempts({ alertId: null, channelId, outcome: null }, page),
        async (pagesRead) => {
          if (pagesRead < 3)
            await store().deliveries.recordAttempt(settled(await queued(channelId), 'sent', at(20)));
        },
      );
      const seenIds = seen.map(({ id }) => id);
      expect(new Set(seenIds).size).toBe(seenIds.length);
      expect(seenIds).toEqual(expect.arrayContaining(there));
    });
  });
}

/** The delivery with an attempt begun. */
function sending(delivery: Delivery): Delivery {
  return { ...delivery, status: 'sending', attempts: delivery.attempts + 1 };
}

function settled(
  delivery: Delivery,
  status: 'sent' | 'failed' | 'skipped' | 'suppressed',
  when = delivery.createdAt,
): AttemptRecord {
  const ended: Delivery = { ...delivery, status };
  return { delivery: ended, attempt: anAttempt(ended, status, { at: when }), message: null, traffic: null };
}

function aMessage(delivery: Delivery): AlertMessage {
  return {
    alertId: delivery.alert.id,
    channelId: delivery.channelId,
    reference: '{"channel":"C1","ts":"1712.000100","thread":"🌙"}',
    postedAt: at(0, 77),
    editedAt: null,
  };
}

/** A channel in a storm, as first recorded. */
function busyTraffic(channelId: string): ChannelTraffic {
  return {
    channelId,
    recentOpenings: [new Date(0), at(0, 1), at(0, 2), FAR_FUTURE],
    storm: {
      id: newId('storm'),
      startedAt: at(0, 1),
      lastJoinedAt: at(0, 2),
      members: Array.from({ length: 60 }, (_, n) => ({
        alertId: `alert-${n}`,
        title: ODD_TEXT,
        slackUserId: n % 2 === 0 ? null : 'U1234567890',
      })),
      reference: null,
      outcomeUnknown: true,
      announced: 11,
      shown: 12,
      editedAt: at(0, 3),
    },
    version: 0,
  };
}
