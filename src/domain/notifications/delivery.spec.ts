import { aDelivery } from '../../../test/builders/a-delivery';
import { anAlert } from '../../../test/builders/an-alert';
import { IN_CHANNEL, placementInDoubt, type Delivery, type DeliveryStatus } from './delivery';

const IN_THREAD = { thread: 'the storm', ownerAddressed: true };

function tried(status: DeliveryStatus, fields: Partial<Delivery>): Delivery {
  const now = new Date('2026-03-02T17:00:00.000Z');
  const entry = {
    id: 'entry',
    event: 'opened',
    alert: anAlert().build(),
    createdAt: now,
    dueAt: now,
  } as const;
  return aDelivery(entry, 'slack', { status, attempts: 1, ...fields });
}

describe('a delivery that is tried again', () => {
  it.each([
    ['whose answer was lost', tried('retrying', { outcomeUnknown: true, placement: IN_THREAD })],
    ['that was cut short', tried('sending', { placement: IN_THREAD })],
  ])('goes where an attempt was to put it %s', (_what, delivery) => {
    expect(placementInDoubt(delivery)).toEqual(IN_THREAD);
  });

  it('is free to go elsewhere when no attempt can have arrived', () => {
    expect(placementInDoubt(tried('retrying', { placement: IN_THREAD }))).toBeNull();
    expect(placementInDoubt(tried('pending', { attempts: 0 }))).toBeNull();
  });

  it('went into the channel when it was tried before placements were kept', () => {
    expect(placementInDoubt(tried('sending', {}))).toEqual(IN_CHANNEL);
  });
});
