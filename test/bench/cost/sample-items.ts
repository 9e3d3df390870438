import { toAppBoardItem } from '../../../src/adapters/persistence/dynamodb/app-board.item';
import type { Item } from '../../../src/adapters/persistence/dynamodb/attributes';
import { toHistoryEntryItem } from '../../../src/adapters/persistence/dynamodb/history-entry.item';
import { toSchedulerItem } from '../../../src/adapters/persistence/dynamodb/scheduler.item';
import { emptySlot } from '../../../src/domain/alerts/alert';
import { decideRegistration } from '../../../src/domain/schedulers/decide-registration';
import { decideStatusUpdate, type StatusDecision } from '../../../src/domain/schedulers/decide-status-update';
import type { Scheduler } from '../../../src/domain/schedulers/scheduler';
import { failureDedupKey, staleDedupKey } from '../../../src/domain/schedulers/scheduler-alerts';
import { aScheduler } from '../../builders/a-scheduler';
import { aStatusUpdate } from '../../builders/a-status-update';
import { aCell, aJob, anAppBoard } from '../../builders/an-app-board';
import { SystemClock } from '../../../src/adapters/system/system.clock';
import { RandomIdSource } from '../../../src/adapters/system/random.id-source';

const NOW = new Date('2026-03-02T17:00:00.000Z');
const AN_HOUR_LATER = new Date('2026-03-02T18:00:00.000Z');
const RETENTION_DAYS = 30;
const ids = new RandomIdSource(new SystemClock());

/** Items as the adapter writes them, of a scheduler that says as much as most do. */
export interface SampleItems {
  readonly running: Item;
  readonly completed: Item;
  readonly historyEntries: readonly Item[];
  /** An app of the board with 5 cells and 25 jobs. */
  readonly app: Item;
}

export function aRegistered(schedulerId = 'service-a-eod-process'): Scheduler {
  const profile = aScheduler(schedulerId).with({
    serviceName: 'Settlement Service A',
    jobName: 'End of day settlement',
    ownerEmail: 'team-a@example.com',
    alertUserId: 'U1234567890',
    tags: ['eod', 'critical'],
    windows: ['eod'],
  });
  return decideRegistration(null, profile.build(), NOW);
}

/** Runs as services report them: running, then completed with its figures. */
export function aRun(scheduler: Scheduler): readonly [StatusDecision, StatusDecision] {
  const of = aStatusUpdate(scheduler.schedulerId).ofRun('7d3e8a52-5a3c-4f0e-9a3f-0c5c3a0b7c11');
  const metadata = { records_processed: 125_000, business_date: '2026-03-02', source: { system: 'ledger' } };
  const running = decide(scheduler, of.running().at(NOW).build(), NOW);
  const done = aStatusUpdate(scheduler.schedulerId)
    .ofRun('7d3e8a52-5a3c-4f0e-9a3f-0c5c3a0b7c11')
    .completed()
    .at(AN_HOUR_LATER)
    .with({ executionTimeMs: 3_600_000, metadata });
  return [running, decide(running.scheduler, done.build(), AN_HOUR_LATER)];
}

export function sampleItems(): SampleItems {
  const [begin, end] = aRun(aRegistered());
  return {
    running: toSchedulerItem({ ...begin.scheduler, lastHeartbeat: NOW }),
    completed: toSchedulerItem({ ...end.scheduler, lastHeartbeat: AN_HOUR_LATER }),
    historyEntries: [begin, end].map(({ entry }) => toHistoryEntryItem(entry, RETENTION_DAYS)),
    app: toAppBoardItem(anApp()),
  };
}

function decide(
  scheduler: Scheduler,
  update: Parameters<typeof decideStatusUpdate>[1],
  now: Date,
): StatusDecision {
  const { schedulerId } = scheduler;
  return decideStatusUpdate(scheduler, update, {
    slots: {
      failure: emptySlot(failureDedupKey(schedulerId)),
      stale: emptySlot(staleDedupKey(schedulerId)),
    },
    reporter: { keyName: 'service-a', correlationId: 'c0ffee00-0000-4000-8000-000000000000' },
    timeZone: 'Asia/Jakarta',
    now,
    ids,
  });
}

function anApp() {
  const domains = ['Actual', 'Budget', 'Forecast', 'Plan', 'Consolidation'];
  const cell = {
    message: '1,204 records loaded',
    startedAt: NOW,
    statusAt: AN_HOUR_LATER,
    durationMs: 3_600_000,
  };
  return anAppBoard('Planning')
    .withCell(...domains.map((domain) => aCell(domain, { ...cell, jobId: 'LOAD_20260302_24' })))
    .withJob(...Array.from({ length: 25 }, (_, n) => aJob(`LOAD_20260302_${n}`)))
    .build();
}
