import { anAlert } from '../../../../test/builders/an-alert';
import { IN_CHANNEL, placementInDoubt } from '../../../domain/notifications/delivery';
import { toAlertItem } from './alert.item';
import { fromDeliveryItem } from './delivery.item';

describe('the item of a delivery', () => {
  it('is read as placed in the channel when it was written before placements were kept', () => {
    const alert = anAlert().build();
    const delivery = fromDeliveryItem({
      pk: { S: 'queue#slack' },
      sk: { S: '2026-03-02T17:00:00.000Z#entry:slack' },
      delivery_id: { S: 'entry:slack' },
      channel_id: { S: 'slack' },
      event: { S: 'opened' },
      alert: { M: toAlertItem(alert) },
      created_at: { S: '2026-03-02T17:00:00.000Z' },
      status: { S: 'sending' },
      attempts: { N: '1' },
      next_attempt_at: { S: '2026-03-02T17:00:00.000Z' },
      outcome_unknown: { BOOL: false },
      version: { N: '2' },
    });
    expect(delivery).toMatchObject({ id: 'entry:slack', status: 'sending', alert });
    expect(placementInDoubt(delivery)).toEqual(IN_CHANNEL);
  });
});
