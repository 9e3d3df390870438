import { LONGEST_TIMELINE, type Alert, type TimelineEntry } from '../../../domain/alerts/alert';
import type { AppBoard } from '../../../domain/board/app-board';
import {
  MOST_ALERTS_AT_ONCE,
  MOST_APPS,
  MOST_DOMAINS,
  MOST_DOMAINS_OF_AN_APP,
} from '../../../domain/board/board';
import type { BoardDecision } from '../../../domain/board/board-decision';
import { emptyCanvasRecord } from '../../../domain/board/canvas-record';
import { decideCellUpdates, dedupKeysOf } from '../../../domain/board/decide-cell-updates';
import { RECENT_JOBS } from '../../../domain/board/epm-job';
import { decideStatusUpdate, type StatusDecision } from '../../../domain/schedulers/decide-status-update';
import { failureDedupKey, staleDedupKey } from '../../../domain/schedulers/scheduler-alerts';
import type { Scheduler } from '../../../domain/schedulers/scheduler';
import type { JsonObject } from '../../../domain/shared/json-value';
import { aBoard } from '../../../../test/builders/a-board';
import { aCellUpdate } from '../../../../test/builders/a-cell-update';
import { aDelivery } from '../../../../test/builders/a-delivery';
import { aScheduler } from '../../../../test/builders/a-scheduler';
import { aStatusUpdate } from '../../../../test/builders/a-status-update';
import { anAlert, aSlot } from '../../../../test/builders/an-alert';
import { aCell, aJob, anAppBoard } from '../../../../test/builders/an-app-board';
import { itemSize } from '../../../../test/bench/cost/item-size';
import { ids } from '../../../../test/contracts/acts';
import { toAlertRecordItem, toSlotItem } from './alert-record.item';
import { toAppBoardItem } from './app-board.item';
import type { Item } from './attributes';
import { toAuditItem } from './board-audit.item';
import { toCanvasItem } from './canvas-record.item';
import { MOST_ACTIONS } from './commit';
import { toDeliveryItem } from './delivery.item';
import { toHistoryEntryItem } from './history-entry.item';
import { toOutboxItem } from './outbox-entry.item';
import { toSchedulerItem } from './scheduler.item';

const KB = 1_024;
const LARGEST_ITEM = 400 * KB;
const LARGEST_TRANSACTION = 4 * KB * KB;
/** Of the board: cells of a batch (spec 20), domains in config/apps.json. */
const LARGEST_BATCH = 100;
const NOW = new Date('2026-03-02T17:00:00.000Z');

/** Longest text of the API: of three bytes a character, as most as JSON text takes six for one. */
const wide = (length: number) => '夜'.repeat(length);

/** The same of four bytes, for what is counted in characters and not in UTF-16 units. */
const wide4 = (length: number) => '🌙'.repeat(length);

/** The same for what is stored as JSON, where one character may take six. */
const escaped = (length: number) => '\x01'.repeat(length);

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
  const units = Math.ceil(itemSize(toSchedulerItem(scheduler)) / 1_024);
  expect(units).toBe(1);
});

describe('the largest board that the configuration lets through', () => {
  const decision = largestBatch();
  const apps = decision.boards.map(toAppBoardItem);
  const audits = decision.audits.map((audit) => toAuditItem(audit, 30));
  const alerts = decision.alertChanges.flatMap(({ alert, slot, outbox }) => [
    toSlotItem(slot, NOW, 30),
    toAlertRecordItem(alert, 30),
    ...outbox.map(toOutboxItem),
  ]);

  it('fits into items', () => {
    const fullest = toAppBoardItem(withAlertsDue(aFullApp('app', MOST_DOMAINS_OF_AN_APP)));
    const [audit] = largestBatch(1).audits;
    expect(audit?.changes).toHaveLength(LARGEST_BATCH);
    const auditItem = audit === undefined ? {} : toAuditItem(audit, 30);
    expect(itemSize(fullest)).toBeLessThan(320 * KB);
    expect(itemSize(auditItem)).toBeLessThan(175 * KB);
    for (const alert of alerts) expect(itemSize(alert)).toBeLessThan(20 * KB);
  });

  it('fits into a transaction', () => {
    const items = [...apps, ...audits, ...alerts];
    expect(items.length).toBeLessThanOrEqual(MOST_ACTIONS);
    expect(items.reduce((bytes, item) => bytes + itemSize(item), 0)).toBeLessThan(3.1 * KB * KB);
  });

  it('is shown on a canvas whose record fits', () => {
    const shown = Object.fromEntries(decision.boards.map(({ app }) => [app, 2 ** 53 - 1]));
    const record = { ...emptyCanvasRecord('C'.repeat(50)), shown, textHash: 'f'.repeat(64), writtenAt: NOW };
    expect(itemSize(toCanvasItem(record))).toBeLessThan(10 * KB);
  });
});

/** A batch that warns of as many cells as it may, over as many apps as there may be, all of them with everything that they can hold. */
function largestBatch(appCount = MOST_APPS): BoardDecision {
  const counts = Array.from({ length: appCount }, (_, n) =>
    Math.min(MOST_DOMAINS_OF_AN_APP, Math.floor((MOST_DOMAINS + n) / appCount)),
  );
  const boards = counts.map((domains, n) => aFullApp(`${n}`.padStart(2, '0') + wide4(48), domains));
  const cells = boards.flatMap(({ app, cells: all }) => all.map(({ domain }) => ({ app, domain })));
  // Every app in turn, so that none is left out.
  const updates = Array.from({ length: LARGEST_BATCH }, (_, n) => {
    const { app, cells: ofApp } = boards[n % appCount] as AppBoard;
    const { domain = '' } = ofApp[Math.floor(n / appCount) % ofApp.length] ?? {};
    const jobId = `${n}`.padStart(3, '0') + wide4(97);
    return aCellUpdate(app, domain)
      .warning(jobId, wide4(200))
      .with({ server: wide4(50) })
      .at(NOW)
      .build();
  });
  const decision = decideCellUpdates(new Map(boards.map((board) => [board.app, board])), updates, {
    board: aBoard().build(),
    slots: new Map(dedupKeysOf(cells).map((key) => [key, aSlot(aLongLivedAlert(key))])),
    actor: { by: 'k'.repeat(64), correlationId: 'c'.repeat(128) },
    now: NOW,
    ids,
  });
  if (decision?.alertChanges.length !== MOST_ALERTS_AT_ONCE) throw new Error('not the largest');
  return decision;
}

/** Every cell has begun anew while the alert about what was said of it before is still due. */
function withAlertsDue(board: AppBoard): AppBoard {
  const cells = board.cells.map((cell) => ({
    ...cell,
    alertDue: { by: 'k'.repeat(64), correlationId: 'c'.repeat(128), said: cell },
  }));
  return { ...board, cells };
}

/** None of its jobs ever ended. */
function aFullApp(app: string, domainCount: number): AppBoard {
  const domains = Array.from({ length: domainCount }, (_, n) => `${n}`.padStart(2, '0') + wide4(48));
  const cells = domains.map((domain) =>
    aCell(domain, {
      status: 'Loading',
      jobId: escaped(100),
      message: escaped(200),
      server: wide4(50),
      startedAt: NOW,
      durationMs: 2 ** 53 - 1,
      unknownSince: NOW,
    }),
  );
  const jobs = Array.from({ length: RECENT_JOBS }, (_, n) =>
    aJob(`${n}`.padStart(2, '0') + escaped(98), { openDomains: domains }),
  );
  return anAppBoard(app)
    .withCell(...cells)
    .withJob(...jobs)
    .build();
}

function aLongLivedAlert(dedupKey: string): Alert {
  const step: TimelineEntry = { at: NOW, what: 'repeated', by: 'k'.repeat(64), note: null };
  const timeline = Array<TimelineEntry>(LONGEST_TIMELINE).fill(step);
  return anAlert(ids.next()).with({ dedupKey, timeline }).build();
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
