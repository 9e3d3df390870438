import { LONGEST_TIMELINE, type Alert, type TimelineEntry } from '../../../domain/alerts/alert';
import { decideStatusUpdate, type StatusDecision } from '../../../domain/schedulers/decide-status-update';
import { failureDedupKey, staleDedupKey } from '../../../domain/schedulers/scheduler-alerts';
import type { Scheduler } from '../../../domain/schedulers/scheduler';
import type { JsonObject } from '../../../domain/shared/json-value';
import { aDelivery } from '../../../../test/builders/a-delivery';
import { aScheduler } from '../../../../test/builders/a-scheduler';
import { aStatusUpdate } from '../../../../test/builders/a-status-update';
import { anAlert, aSlot } from '../../../../test/builders/an-alert';
import { ids } from '../../../../test/contracts/acts';
import { toAlertRecordItem, toSlotItem } from './alert-record.item';
import type { Item } from './attributes';
import { toDeliveryItem } from './delivery.item';
import { toHistoryEntryItem } from './history-entry.item';
import { toOutboxItem } from './outbox-entry.item';
import { toSchedulerItem } from './scheduler.item';

const LARGEST_ITEM = 400 * 1_024;
const LARGEST_TRANSACTION = 4 * 1_024 * 1_024;
const NOW = new Date('2026-03-02T17:00:00.000Z');

/** Longest text of the API: of three bytes a character, as most as JSON text takes six for one. */
const wide = (length: number) => '夜'.repeat(length);

/** More than DynamoDB counts: names, values, and the JSON around them. */
function bytesOf(item: Item): number {
  return Buffer.byteLength(JSON.stringify(item));
}

describe('the largest that the API lets through', () => {
  const decision = largestFailure();
  const change = decision.alertChanges[0];
  const alert = change?.alert as Alert;
  const items = [
    toSchedulerItem(decision.scheduler),
    toHistoryEntryItem(decision.entry, 30),
    toSlotItem(change?.slot ?? aSlot(), NOW, 30),
    toAlertRecordItem(alert, 30),
    ...(change?.outbox ?? []).map(toOutboxItem),
  ];

  it('fits into an item', () => {
    expect(alert.timeline).toHaveLength(LONGEST_TIMELINE);
    for (const item of items) expect(bytesOf(item)).toBeLessThan(LARGEST_ITEM);
    const entry = change?.outbox[0];
    if (entry === undefined) throw new Error('nothing to tell');
    expect(bytesOf(toDeliveryItem(aDelivery(entry, 'c'.repeat(255))))).toBeLessThan(LARGEST_ITEM);
  });

  it('fits into a transaction', () => {
    const sum = items.reduce((bytes, item) => bytes + bytesOf(item), 0);
    expect(sum).toBeLessThan(LARGEST_TRANSACTION / 4);
  });
});

it('a running scheduler is small enough for a heartbeat to cost one write unit', () => {
  const scheduler = aScheduler('service-a-eod-process')
    .running(NOW)
    .with({
      ownerEmail: 'team-a@example.com',
      alertUserId: 'U1234567890',
      tags: ['eod', 'critical'],
      runId: '7d3e8a52-5a3c-4f0e-9a3f-0c5c3a0b7c11',
      currentEntryId: ids.next(),
      windows: ['eod'],
    })
    .build();
  const units = Math.ceil(wireSize(toSchedulerItem(scheduler)) / 1_024);
  expect(units).toBe(1);
});

/** As DynamoDB counts: names and values, three bytes for a list or map and one for each element. */
function wireSize(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

function valueSize(value: Item[string]): number {
  if (value?.S !== undefined) return Buffer.byteLength(value.S);
  if (value?.L !== undefined) return value.L.reduce((sum, element) => sum + 1 + valueSize(element), 3);
  if (value?.M !== undefined) return 3 + wireSize(value.M);
  return 21;
}

function largestFailure(): StatusDecision {
  const scheduler: Scheduler = aScheduler('s'.repeat(255))
    .running(NOW)
    .with({
      serviceName: wide(255),
      jobName: wide(255),
      ownerEmail: `${'a'.repeat(240)}@example.com`,
      tags: Array.from({ length: 20 }, () => wide(50)),
      windows: Array.from({ length: 50 }, () => wide(50)),
      openRuns: Array.from({ length: 20 }, () => ({ runId: wide(128), startedAt: NOW })),
    })
    .build();
  const metadata = Object.fromEntries(
    Array.from({ length: 10 }, (_, n) => [`${n}${'\0'.repeat(240)}`, wide(60)]),
  ) as JsonObject;
  const step: TimelineEntry = { at: NOW, what: 'repeated', by: 'k'.repeat(128), note: null };
  const open = anAlert()
    .with({
      dedupKey: failureDedupKey(scheduler.schedulerId),
      timeline: Array<TimelineEntry>(LONGEST_TIMELINE).fill(step),
    })
    .build();
  const update = aStatusUpdate(scheduler.schedulerId)
    .failed('\x01'.repeat(4_000))
    .ofRun(wide(128))
    .with({ metadata: { ...metadata, rest: wide(200) } })
    .at(NOW)
    .build();
  return decideStatusUpdate(scheduler, update, {
    slots: {
      failure: aSlot(open),
      stale: aSlot(null, { dedupKey: staleDedupKey(scheduler.schedulerId) }),
    },
    reporter: { keyName: 'k'.repeat(128), correlationId: 'c'.repeat(128) },
    timeZone: 'Asia/Jakarta',
    now: NOW,
    ids,
  });
}
