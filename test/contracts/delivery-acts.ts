import type { Store } from '../../src/adapters/persistence/store';
import type { Delivery } from '../../src/domain/notifications/delivery';
import type { AttemptRecord } from '../../src/domain/notifications/delivery.repository';
import { aDelivery, anAttempt } from '../builders/a-delivery';
import { at, failure, newId } from './acts';

/** What the dispatcher does with a store. */

/** A new failure on its way to the channel. */
export async function queueDelivery(
  store: Store,
  channelId = newId('channel'),
  now = at(0),
): Promise<Delivery> {
  const entry = await failure(store, now);
  const delivery = aDelivery(entry, channelId);
  await store.outbox.recordRouted(entry, [delivery]);
  return delivery;
}

/** The delivery with an attempt begun. */
export function sending(delivery: Delivery): Delivery {
  return { ...delivery, status: 'sending', attempts: delivery.attempts + 1 };
}

export function settled(
  delivery: Delivery,
  status: 'sent' | 'failed' | 'skipped' | 'suppressed',
  when = delivery.createdAt,
): AttemptRecord {
  const ended: Delivery = { ...delivery, status };
  return { delivery: ended, attempt: anAttempt(ended, status, { at: when }), message: null, traffic: null };
}
