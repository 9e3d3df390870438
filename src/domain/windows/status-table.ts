import type { Scheduler } from '../schedulers/scheduler';
import { isStale } from '../schedulers/staleness';
import { compareUtf8 } from '../shared/page';
import type { EodWindow } from './eod-window';
import type { Occurrence } from './occurrence';

/** How a scheduler stands tonight. In the order in which an operator wants to read: problems first. */
export const NIGHT_STATES = ['failed', 'stale', 'running', 'pending', 'completed'] as const;
export type NightState = (typeof NIGHT_STATES)[number];

export interface TableRow {
  readonly schedulerId: string;
  readonly serviceName: string;
  readonly jobName: string;
  readonly state: NightState;
  /** Event time of tonight's status; `null` when there was none tonight. */
  readonly updatedAt: Date | null;
  /** Execution time of an ended run, or time since its start of one that runs; `null` when unknown. */
  readonly durationMs: number | null;
  readonly startedAt: Date | null;
  readonly errorMessage: string | null;
}

/** The night as data; how it looks is the publisher's business. */
export interface StatusTable {
  readonly windowName: string;
  readonly timeZone: string;
  readonly occurrence: Occurrence;
  readonly rows: readonly TableRow[];
  readonly counts: Readonly<Record<NightState, number>>;
  readonly updatedAt: Date;
  /** `null` on the last edit. */
  readonly nextUpdateAt: Date | null;
}

export interface TableCircumstances {
  readonly window: EodWindow;
  readonly occurrence: Occurrence;
  readonly defaultTimeoutMinutes: number;
  readonly now: Date;
  readonly nextUpdateAt: Date | null;
}

/** @param schedulers those that belong to the window */
export function buildStatusTable(
  schedulers: readonly Scheduler[],
  circumstances: TableCircumstances,
): StatusTable {
  const { window, occurrence, now, nextUpdateAt } = circumstances;
  const rows = schedulers.map((scheduler) => toRow(scheduler, circumstances)).sort(byUrgency);
  return {
    windowName: window.name,
    timeZone: window.timeZone,
    occurrence,
    rows,
    counts: count(rows),
    updatedAt: now,
    nextUpdateAt,
  };
}

/** A status from before the window's start is yesterday's and counts as pending, unless the scheduler is running now. */
function nightState(
  scheduler: Scheduler,
  { occurrence, defaultTimeoutMinutes, now }: TableCircumstances,
): NightState {
  if (scheduler.status === 'running')
    return isStale(scheduler, defaultTimeoutMinutes, now) ? 'stale' : 'running';
  const tonight = scheduler.statusAt !== null && scheduler.statusAt >= occurrence.startsAt;
  return tonight ? scheduler.status : 'pending';
}

function toRow(scheduler: Scheduler, circumstances: TableCircumstances): TableRow {
  const state = nightState(scheduler, circumstances);
  const { schedulerId, serviceName, jobName } = scheduler;
  if (state === 'pending') {
    return {
      schedulerId,
      serviceName,
      jobName,
      state,
      updatedAt: null,
      durationMs: null,
      startedAt: null,
      errorMessage: null,
    };
  }
  const { statusAt: updatedAt, startedAt, errorMessage } = scheduler;
  const runsFor = startedAt === null ? null : Math.max(0, circumstances.now.getTime() - startedAt.getTime());
  const durationMs = scheduler.status === 'running' ? runsFor : scheduler.executionTimeMs;
  return { schedulerId, serviceName, jobName, state, updatedAt, durationMs, startedAt, errorMessage };
}

function byUrgency(a: TableRow, b: TableRow): number {
  return (
    NIGHT_STATES.indexOf(a.state) - NIGHT_STATES.indexOf(b.state) ||
    compareUtf8(a.serviceName, b.serviceName) ||
    compareUtf8(a.jobName, b.jobName) ||
    compareUtf8(a.schedulerId, b.schedulerId)
  );
}

function count(rows: readonly TableRow[]): Record<NightState, number> {
  const counts: Record<NightState, number> = { failed: 0, stale: 0, running: 0, pending: 0, completed: 0 };
  for (const row of rows) counts[row.state]++;
  return counts;
}
