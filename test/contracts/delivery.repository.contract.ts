import type { AlertMessage, Delivery } from '../../src/domain/notifications/delivery';
import { quietTraffic, type ChannelTraffic } from '../../src/domain/notifications/storm';
import { ChangedConcurrently } from '../../src/domain/shared/errors';
import { anAttempt } from '../builders/a-delivery';
import { at, newId } from './acts';
import { queueDelivery, sending, settled } from './delivery-acts';
import { race, settles } from './expectations';
import { ODD_TEXT } from './odd-values';
import type { StoreSubject } from './store-subject';

const FAR_FUTURE = new Date('9999-12-31T23:59:59.999Z');

/** The queues of the channels, and what is remembered of them. */
export function deliveryRepositoryContract({ store, reopen }: StoreSubject): void {
  const queueOf = (channelId: string) => store().deliveries.listQueue(channelId, 1_000);
  const queued = (channelId?: string, now?: Date) => queueDelivery(store(), channelId, now);
  const logged = async (channelId: string) =>
    (
      await store().deliveries.listAttempts(
        { alertId: null, channelId, outcome: null },
        { limit: 100, after: null },
      )
    ).items;

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

    it.each([
      { thread: null, ownerAddressed: false },
      { thread: 'C1/1712.000100 🌙', ownerAddressed: true },
    ])('remembers where the last attempt was to put it: $thread', async (placement) => {
      const delivery = await queued();
      const { channelId } = delivery;
      const begun = await store().deliveries.recordSending({ ...sending(delivery), placement });
      expect(begun.placement).toEqual(placement);
      await reopen();
      expect(await queueOf(channelId)).toEqual([begun]);
      const again: Delivery = { ...begun, status: 'retrying', outcomeUnknown: true };
      const attempt = anAttempt(again, 'retrying', { nextAttemptAt: again.nextAttemptAt });
      await store().deliveries.recordAttempt({ delivery: again, attempt, message: null, traffic: null });
      await reopen();
      expect(await queueOf(channelId)).toEqual([{ ...again, version: begun.version + 1 }]);
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
      await settles(() => logged(channelId), [attempt]);
    });

    it.each(['sent', 'failed', 'skipped', 'suppressed'] as const)(
      'drops a delivery that is %s, and logs it',
      async (end) => {
        const delivery = await queued();
        const begun = await store().deliveries.recordSending(sending(delivery));
        const record = settled(begun, end);
        await store().deliveries.recordAttempt(record);
        expect(await queueOf(delivery.channelId)).toEqual([]);
        await settles(() => logged(delivery.channelId), [record.attempt]);
        await expect(store().deliveries.recordAttempt(record)).rejects.toThrow(ChangedConcurrently);
        await expect(store().deliveries.recordSending(begun)).rejects.toThrow(ChangedConcurrently);
        expect(await queueOf(delivery.channelId)).toEqual([]);
        expect(await logged(delivery.channelId)).toHaveLength(1);
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
      await settles(() => logged(delivery.channelId), []);
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
