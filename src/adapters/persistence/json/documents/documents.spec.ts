import * as fc from 'fast-check';
import {
  anyAlert,
  anyAttempt,
  anyDelivery,
  anyHistoryEntry,
  anyMessage,
  anyNight,
  anyOutboxEntry,
  anyScheduler,
  anySlot,
  anyTraffic,
} from '../../../../../test/builders/arbitraries';
import { alertMapping } from './alert.document';
import { alertSlotMapping } from './alert-slot.document';
import { channelTrafficMapping } from './channel-traffic.document';
import { alertMessageMapping, deliveryAttemptMapping, deliveryMapping } from './delivery.document';
import type { DocumentMapping } from './document';
import { historyEntryMapping } from './history-entry.document';
import { nightMapping } from './night.document';
import { outboxEntryMapping } from './outbox-entry.document';
import { schedulerMapping } from './scheduler.document';

function expectRoundTrip<T>(entities: fc.Arbitrary<T>, mapping: DocumentMapping<T>): void {
  const property = fc.property(entities, (entity) => {
    const text = JSON.stringify(mapping.toDocument(entity));
    expect(mapping.fromDocument(JSON.parse(text) as ReturnType<typeof mapping.toDocument>)).toEqual(entity);
  });
  fc.assert(property);
}

describe('documents', () => {
  it('bring every scheduler back as it was', () => expectRoundTrip(anyScheduler, schedulerMapping));
  it('bring every history entry back as it was', () => expectRoundTrip(anyHistoryEntry, historyEntryMapping));
  it('bring every alert back as it was', () => expectRoundTrip(anyAlert, alertMapping));
  it('bring every outbox entry back as it was', () => expectRoundTrip(anyOutboxEntry, outboxEntryMapping));
  it('bring every delivery back as it was', () => expectRoundTrip(anyDelivery, deliveryMapping));
  it('bring every attempt back as it was', () => expectRoundTrip(anyAttempt, deliveryAttemptMapping));
  it('bring every message back as it was', () => expectRoundTrip(anyMessage, alertMessageMapping));
  it('bring all traffic back as it was', () => expectRoundTrip(anyTraffic, channelTrafficMapping));
  it('bring every night back as it was', () => expectRoundTrip(anyNight, nightMapping));

  it('bring every slot back as it was, with the id of its open alert', () => {
    const stored = anySlot.map(({ open, ...slot }) => ({ ...slot, openAlertId: open?.id ?? null }));
    expectRoundTrip(stored, alertSlotMapping);
  });
});
