import * as fc from 'fast-check';
import {
  anyAlert,
  anyAppBoard,
  anyAttempt,
  anyBoardAudit,
  anyCanvasRecord,
  anyDelivery,
  anyEpmToken,
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
import { appBoardMapping } from './app-board.document';
import { boardAuditMapping } from './board-audit.document';
import { boardWatchMapping } from './board-watch.document';
import { canvasRecordMapping } from './canvas-record.document';
import { channelTrafficMapping } from './channel-traffic.document';
import { alertMessageMapping, deliveryAttemptMapping, deliveryMapping } from './delivery.document';
import type { DocumentMapping } from './document';
import { epmTokenMapping } from './epm-token.document';
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
  it('bring every app of the board back as it was', () => expectRoundTrip(anyAppBoard, appBoardMapping));
  it('bring all audit back as it was', () => expectRoundTrip(anyBoardAudit, boardAuditMapping));
  it('bring every canvas back as it was', () => expectRoundTrip(anyCanvasRecord, canvasRecordMapping));
  it('bring every token back as it was', () => expectRoundTrip(anyEpmToken, epmTokenMapping));
  it('bring the watch back as it was', () =>
    expectRoundTrip(
      fc.record({ since: fc.date({ min: new Date(0), noInvalidDate: true }) }),
      boardWatchMapping,
    ));

  it('bring every slot back as it was, with the id of its open alert', () => {
    const stored = anySlot.map(({ open, ...slot }) => ({ ...slot, openAlertId: open?.id ?? null }));
    expectRoundTrip(stored, alertSlotMapping);
  });
});
