import type { AlertChange } from '../alerts/alert-change';
import { raiseAlert, resolveAlert, type Cause } from '../alerts/raise-alert';
import type { IdSource } from '../shared/id-source';
import type { HistoryEntry } from './history-entry';
import type { OpenRun, Scheduler } from './scheduler';
import { SchedulerNotRegistered } from './scheduler.errors';
import { failureCandidate, type SchedulerAlertSlots } from './scheduler-alerts';
import { demandPastOrPresent, identityOf, type Reporter, type StatusUpdate } from './status-update';

/** Everything that follows from one update, to be written all or none. */
export interface StatusDecision {
  /** `false`: late, a newer update is known; only the history grows. */
  readonly applied: boolean;
  /** The scheduler afterwards. Its version is one above the version read. */
  readonly scheduler: Scheduler;
  readonly entry: HistoryEntry;
  readonly alertChanges: readonly AlertChange[];
}

export interface StatusCircumstances {
  readonly slots: SchedulerAlertSlots;
  readonly reporter: Reporter;
  readonly timeZone: string;
  readonly now: Date;
  /** When it was accepted, if that was earlier than `now`: it waited in a queue. A sign of life is as old as this, and its event time is judged by it. */
  readonly receivedAt?: Date;
  readonly ids: IdSource;
}

/** Runs of one scheduler that may be open at once before the oldest is forgotten. */
const MOST_OPEN_RUNS = 20;

/**
 * What an update does to its scheduler, its history and its alerts (spec 10, section 2).
 * @throws SchedulerNotRegistered when it was removed
 * @throws TimestampAhead when its event time is more than 5 minutes ahead of when it was accepted
 */
export function decideStatusUpdate(
  scheduler: Scheduler,
  update: StatusUpdate,
  circumstances: StatusCircumstances,
): StatusDecision {
  const { now, receivedAt = now, ids, reporter } = circumstances;
  if (scheduler.removedAt !== null) throw new SchedulerNotRegistered(scheduler.schedulerId);
  demandPastOrPresent(update, receivedAt);
  const applied = scheduler.statusAt === null || update.timestamp.getTime() >= scheduler.statusAt.getTime();
  const run = matchRun(scheduler, update);
  const entry = toEntry(update, run, reporter, receivedAt, ids);
  const openRuns = nextOpenRuns(scheduler, update, run);
  if (!applied) {
    return {
      applied,
      scheduler: { ...scheduler, openRuns, version: scheduler.version + 1 },
      entry,
      alertChanges: [],
    };
  }
  const next = applyEntry(scheduler, entry, run, openRuns, now);
  const alertChanges = decideAlerts(next, update, circumstances);
  return { applied, scheduler: next, entry, alertChanges };
}

/** The run an update ends: the one of its run id, or without an id the one that is current. */
function matchRun(scheduler: Scheduler, update: StatusUpdate): OpenRun | null {
  if (update.status !== 'completed' && update.status !== 'failed') return null;
  const candidates = scheduler.openRuns.filter(
    (run) => run.startedAt.getTime() <= update.timestamp.getTime(),
  );
  if (update.runId !== null) return candidates.findLast((run) => run.runId === update.runId) ?? null;
  return (
    candidates.findLast((run) => run.runId === null) ??
    (candidates.length === 1 ? (candidates[0] ?? null) : null)
  );
}

function nextOpenRuns(scheduler: Scheduler, update: StatusUpdate, ended: OpenRun | null): readonly OpenRun[] {
  const { openRuns } = scheduler;
  if (update.status === 'running') {
    if (isOvertaken(scheduler, update)) return openRuns;
    const others = openRuns.filter((run) => run.runId !== update.runId);
    return [...others, { runId: update.runId, startedAt: update.timestamp }].slice(-MOST_OPEN_RUNS);
  }
  return ended === null ? openRuns : openRuns.filter((run) => run !== ended);
}

/** A start that arrives late, when its run has ended already or has started anew since. */
function isOvertaken({ openRuns, status, runId, statusAt }: Scheduler, start: StatusUpdate): boolean {
  const hasEnded =
    (status === 'completed' || status === 'failed') &&
    runId === start.runId &&
    statusAt !== null &&
    statusAt > start.timestamp;
  return hasEnded || openRuns.some((run) => run.runId === start.runId && run.startedAt > start.timestamp);
}

function toEntry(
  update: StatusUpdate,
  run: OpenRun | null,
  reporter: Reporter,
  receivedAt: Date,
  ids: IdSource,
): HistoryEntry {
  const derivedMs = run === null ? null : update.timestamp.getTime() - run.startedAt.getTime();
  const executionTimeMs = update.executionTimeMs ?? derivedMs;
  return {
    id: ids.fingerprint(identityOf(update)),
    schedulerId: update.schedulerId,
    status: update.status,
    timestamp: update.timestamp,
    executionTimeMs,
    executionTimeSource:
      executionTimeMs === null ? null : update.executionTimeMs === null ? 'derived' : 'reported',
    errorMessage: update.errorMessage,
    metadata: update.metadata,
    runId: update.runId,
    receivedAt,
    reportedBy: reporter.keyName,
  };
}

function applyEntry(
  scheduler: Scheduler,
  entry: HistoryEntry,
  run: OpenRun | null,
  openRuns: readonly OpenRun[],
  now: Date,
): Scheduler {
  return {
    ...scheduler,
    status: entry.status,
    statusAt: entry.timestamp,
    executionTimeMs: entry.executionTimeMs,
    executionTimeSource: entry.executionTimeSource,
    errorMessage: entry.errorMessage,
    metadata: entry.metadata,
    runId: entry.runId,
    startedAt: startOf(entry, run),
    openRuns,
    currentEntryId: entry.id,
    lastHeartbeat: later(scheduler.lastHeartbeat, entry.receivedAt),
    staleAlertId: null,
    updatedAt: now,
    version: scheduler.version + 1,
  };
}

function later(known: Date | null, heard: Date): Date {
  return known !== null && known > heard ? known : heard;
}

function startOf(entry: HistoryEntry, run: OpenRun | null): Date | null {
  if (entry.status === 'pending') return null;
  if (entry.status === 'running') return entry.timestamp;
  if (run !== null) return run.startedAt;
  if (entry.executionTimeMs === null) return null;
  const startMs = entry.timestamp.getTime() - entry.executionTimeMs;
  // Any whole number may be reported as execution time, also one that no run can have taken.
  return startMs < 0 ? null : new Date(startMs);
}

function decideAlerts(
  next: Scheduler,
  update: StatusUpdate,
  circumstances: StatusCircumstances,
): readonly AlertChange[] {
  const { slots, reporter, timeZone } = circumstances;
  const cause: Cause = { by: reporter.keyName, now: circumstances.now, ids: circumstances.ids };
  const changes: (AlertChange | null)[] = [resolveAlert(slots.stale, `reported ${update.status}`, cause)];
  if (update.status === 'failed') {
    changes.push(
      raiseAlert(slots.failure, failureCandidate(next, update, timeZone, reporter.correlationId), cause),
    );
  } else if (update.status !== 'pending') {
    changes.push(
      resolveAlert(slots.failure, update.status === 'completed' ? 'completed' : 'running again', cause),
    );
  }
  return changes.filter((change) => change !== null);
}
