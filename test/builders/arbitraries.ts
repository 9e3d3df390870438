import * as fc from 'fast-check';
import { ALERT_SOURCES, type Alert, type AlertSlot, type Fact } from '../../src/domain/alerts/alert';
import type { AppBoard } from '../../src/domain/board/app-board';
import type { BoardAudit } from '../../src/domain/board/board-audit';
import type { CanvasRecord } from '../../src/domain/board/canvas-record';
import { CELL_STATUSES, type Cell } from '../../src/domain/board/cell';
import type { EpmJob } from '../../src/domain/board/epm-job';
import type { EpmToken } from '../../src/domain/board/epm-token.repository';
import type { AlertMessage, Delivery, DeliveryAttempt } from '../../src/domain/notifications/delivery';
import type { OutboxEntry } from '../../src/domain/notifications/outbox';
import type { ChannelTraffic } from '../../src/domain/notifications/storm';
import type { HistoryEntry } from '../../src/domain/schedulers/history-entry';
import { SCHEDULER_STATUSES, type Scheduler } from '../../src/domain/schedulers/scheduler';
import type { JsonObject } from '../../src/domain/shared/json-value';
import type { Night, NightMessage } from '../../src/domain/windows/night';

/** Entities of every shape that the types allow, for round trips through a storage's format. */

const text = fc.string({ unit: 'binary', maxLength: 20 });
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const instant = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
const count = fc.nat();
const double = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
// What arrives is JSON: minus zero comes back as zero.
const json = fc
  .dictionary(text, fc.jsonValue())
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);
const source = fc.constantFrom('reported', 'derived');
const event = fc.constantFrom('opened', 'repeated', 'resolved', 'flapping');

export const anyScheduler: fc.Arbitrary<Scheduler> = fc.record({
  schedulerId: text,
  serviceName: text,
  jobName: text,
  ownerEmail: orNull(text),
  alertUserId: orNull(text),
  tags: fc.array(text),
  heartbeatTimeoutMinutes: orNull(double),
  windows: fc.array(text),
  status: fc.constantFrom(...SCHEDULER_STATUSES),
  statusAt: orNull(instant),
  executionTimeMs: orNull(double),
  executionTimeSource: orNull(source),
  errorMessage: orNull(text),
  metadata: orNull(json),
  runId: orNull(text),
  startedAt: orNull(instant),
  openRuns: fc.array(fc.record({ runId: orNull(text), startedAt: instant })),
  currentEntryId: orNull(text),
  lastHeartbeat: orNull(instant),
  staleAlertId: orNull(text),
  createdAt: instant,
  updatedAt: instant,
  removedAt: orNull(instant),
  version: count,
});

export const anyHistoryEntry: fc.Arbitrary<HistoryEntry> = fc.record({
  id: text,
  schedulerId: text,
  status: fc.constantFrom(...SCHEDULER_STATUSES),
  timestamp: instant,
  executionTimeMs: orNull(double),
  executionTimeSource: orNull(source),
  errorMessage: orNull(text),
  metadata: orNull(json),
  runId: orNull(text),
  receivedAt: instant,
  reportedBy: text,
});

const fact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({ label: text, kind: fc.constant('text'), text }),
  fc.record({ label: text, kind: fc.constant('instant'), at: instant }),
  fc.record({ label: text, kind: fc.constant('duration'), ms: double }),
);

export const anyAlert: fc.Arbitrary<Alert> = fc.record({
  id: text,
  dedupKey: text,
  source: fc.constantFrom(...ALERT_SOURCES),
  severity: fc.constantFrom('critical', 'warning', 'info'),
  status: fc.constantFrom('firing', 'acknowledged', 'resolved'),
  title: text,
  summary: text,
  facts: fc.array(fact),
  excerpt: orNull(text),
  timeZone: text,
  details: json,
  labels: fc
    .dictionary(text, text)
    .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, string>),
  owner: fc.record({ slackUserId: orNull(text), email: orNull(text) }),
  correlationId: text,
  occurrences: count,
  firstSeenAt: instant,
  lastSeenAt: instant,
  acknowledgedBy: orNull(text),
  acknowledgedAt: orNull(instant),
  resolvedBy: orNull(text),
  resolvedAt: orNull(instant),
  resolution: orNull(text),
  snoozedUntil: orNull(instant),
  flapping: fc.boolean(),
  timeline: fc.array(fc.record({ at: instant, what: event, by: text, note: orNull(text) })),
  sequence: count,
});

export const anySlot: fc.Arbitrary<AlertSlot> = fc.record({
  dedupKey: text,
  open: orNull(anyAlert),
  recentChanges: fc.array(instant),
  flapping: fc.boolean(),
  version: count,
});

export const anyOutboxEntry: fc.Arbitrary<OutboxEntry> = fc.record({
  id: text,
  event,
  alert: anyAlert,
  createdAt: instant,
  dueAt: instant,
});

const unplaced = fc.record({
  id: text,
  channelId: text,
  event,
  alert: anyAlert,
  createdAt: instant,
  status: fc.constantFrom('pending', 'sending', 'retrying', 'sent', 'failed', 'skipped', 'suppressed'),
  attempts: count,
  nextAttemptAt: instant,
  outcomeUnknown: fc.boolean(),
  version: count,
});
const placement = fc.record({ thread: orNull(text), ownerAddressed: fc.boolean() });

/** With and without a place: some were never tried, or were stored before places were kept. */
export const anyDelivery: fc.Arbitrary<Delivery> = fc
  .tuple(unplaced, orNull(placement))
  .map(([delivery, place]) => (place === null ? delivery : { ...delivery, placement: place }));

export const anyAttempt: fc.Arbitrary<DeliveryAttempt> = fc.record({
  id: text,
  deliveryId: text,
  alertId: text,
  dedupKey: text,
  channelId: text,
  event,
  attempt: count,
  at: instant,
  outcome: fc.constantFrom('sent', 'retrying', 'failed', 'skipped', 'suppressed'),
  httpStatus: orNull(count),
  reason: orNull(text),
  latencyMs: orNull(double),
  nextAttemptAt: orNull(instant),
  correlationId: text,
});

export const anyMessage: fc.Arbitrary<AlertMessage> = fc.record({
  alertId: text,
  channelId: text,
  reference: text,
  postedAt: instant,
  editedAt: orNull(instant),
});

const member = fc.record({ alertId: text, title: text, slackUserId: orNull(text) });

export const anyTraffic: fc.Arbitrary<ChannelTraffic> = fc.record({
  channelId: text,
  recentOpenings: fc.array(instant),
  storm: orNull(
    fc.record({
      id: text,
      startedAt: instant,
      lastJoinedAt: instant,
      members: fc.array(member),
      reference: orNull(text),
      outcomeUnknown: fc.boolean(),
      shown: count,
      announced: count,
      editedAt: orNull(instant),
    }),
  ),
  version: count,
});

const nightMessage: fc.Arbitrary<NightMessage> = fc.record({
  reference: orNull(text),
  sendingSince: orNull(instant),
});

export const anyNight: fc.Arbitrary<Night> = fc.record({
  businessDate: text,
  startsAt: instant,
  endsAt: instant,
  windowName: text,
  messages: fc.array(nightMessage),
  generation: count,
  lastStepAt: orNull(instant),
  summary: nightMessage,
  closedAt: orNull(instant),
  version: count,
});

const cellWith = (said: fc.Arbitrary<Cell | null>): fc.Arbitrary<Cell> =>
  fc.record({
    domain: text,
    status: fc.constantFrom(...CELL_STATUSES),
    jobId: orNull(text),
    message: orNull(text),
    server: orNull(text),
    statusAt: instant,
    receivedAt: instant,
    startedAt: orNull(instant),
    durationMs: orNull(count),
    stale: fc.boolean(),
    unknownSince: orNull(instant),
    healed: fc.boolean(),
    polledSince: orNull(instant),
    alertDue: orNull(fc.record({ by: text, correlationId: text, said })),
  });

const cell = cellWith(orNull(cellWith(fc.constant(null))));

const job: fc.Arbitrary<EpmJob> = fc.record({
  jobId: text,
  status: fc.constantFrom('Loading', 'OK', 'Warning'),
  startedAt: orNull(instant),
  completedAt: orNull(instant),
  openDomains: fc.array(text),
});

export const anyAppBoard: fc.Arbitrary<AppBoard> = fc.record({
  app: text,
  cells: fc.array(cell),
  jobs: fc.array(job),
  lastUpdateAt: orNull(instant),
  version: count,
});

const cellChange = fc.record({
  domain: text,
  from: fc.constantFrom(...CELL_STATUSES),
  to: fc.constantFrom(...CELL_STATUSES),
  applied: fc.boolean(),
  jobId: orNull(text),
  message: orNull(text),
  timestamp: instant,
});

export const anyBoardAudit: fc.Arbitrary<BoardAudit> = fc.record({
  id: text,
  app: text,
  at: instant,
  by: text,
  correlationId: text,
  changes: fc.array(cellChange, { minLength: 1 }),
});

export const anyCanvasRecord: fc.Arbitrary<CanvasRecord> = fc.record({
  channelId: text,
  createdCanvasId: orNull(text),
  insteadOf: orNull(text),
  creatingSince: orNull(instant),
  shown: fc
    .dictionary(text, count)
    .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, number>),
  textHash: orNull(text),
  writtenAt: orNull(instant),
  version: count,
});

export const anyEpmToken: fc.Arbitrary<EpmToken> = fc.record({
  connection: text,
  sealed: text,
  seed: text,
  issuedAt: instant,
  refusal: orNull(text),
  version: count,
});
