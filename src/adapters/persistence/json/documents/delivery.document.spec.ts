import { anAlert } from '../../../../../test/builders/an-alert';
import { IN_CHANNEL, placementInDoubt } from '../../../../domain/notifications/delivery';
import { alertMapping } from './alert.document';
import { deliveryMapping } from './delivery.document';

describe('the document of a delivery', () => {
  it('is read as placed in the channel when it was written before placements were kept', () => {
    const alert = anAlert().build();
    const delivery = deliveryMapping.fromDocument({
      id: 'entry:slack',
      channelId: 'slack',
      event: 'opened',
      alert: alertMapping.toDocument(alert),
      createdAt: '2026-03-02T17:00:00.000Z',
      status: 'sending',
      attempts: 1,
      nextAttemptAt: '2026-03-02T17:00:00.000Z',
      outcomeUnknown: false,
      version: 2,
    });
    expect(delivery).toMatchObject({ id: 'entry:slack', status: 'sending', alert });
    expect(placementInDoubt(delivery)).toEqual(IN_CHANNEL);
  });
});
