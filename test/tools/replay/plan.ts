import { drawOutcomes, type Outcome, type PlacedRun } from './outcomes';
import type { Job, SchedulerSpec, Workload } from './workload';

/** One call to be made, at an offset of log time (ms) after the night's start. */
export type PlannedCall = {
  readonly atMs: number;
  readonly scheduler: SchedulerSpec;
  readonly runId: string;
} & (
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'running'; readonly metadata: Job['metadata'] }
  | { readonly kind: 'completed'; readonly executionTimeMs: number }
  | { readonly kind: 'failed'; readonly executionTimeMs: number; readonly errorMessage: string }
);

export interface PlannedRun extends PlacedRun {
  readonly outcome: Outcome;
}

export interface NightPlan {
  readonly schedulers: readonly SchedulerSpec[];
  readonly runs: readonly PlannedRun[];
  /** In the order in which they are due; what is due at once keeps the order of the runs. */
  readonly calls: readonly PlannedCall[];
  /** Log time from the night's start to the end of the replay. */
  readonly lengthMs: number;
  readonly notes: readonly string[];
}

export interface PlanSettings {
  readonly nightStart: Date;
  readonly nightMs: number;
  readonly speed: number;
  readonly failedShare: number;
  readonly silentShare: number;
  readonly seed: number;
  readonly heartbeatMs: number;
  readonly staleMs: number;
  /** Only the schedulers with the most runs; `null` for all. */
  readonly maxSchedulers: number | null;
}

/** Pure: the same workload and settings give the same plan. */
export function planNight(workload: Workload, settings: PlanSettings): NightPlan {
  const schedulers = chooseSchedulers(workload, settings.maxSchedulers);
  const byId = new Map(schedulers.map((scheduler) => [scheduler.schedulerId, scheduler]));
  const lengthMs = replayMinutes(settings.nightMs, settings.speed) * 60_000 * settings.speed;
  const placed = workload.jobs
    .filter((job) => byId.has(job.schedulerId))
    .map((job) => place(job, settings.nightStart))
    .sort((a, b) => a.startMs - b.startMs);
  const { byRun, notes } = drawOutcomes(placed, { ...settings, lengthMs });
  const runs = placed.map((run) => ({ ...run, outcome: byRun.get(run) ?? ({ kind: 'as-logged' } as const) }));
  const calls = runs
    .flatMap((run) => callsOf(run, schedulerOf(run, byId), lengthMs, settings.heartbeatMs))
    .sort((a, b) => a.atMs - b.atMs);
  return { schedulers, runs, calls, lengthMs, notes };
}

/**
 * Real minutes the replay of a night takes, rounded up, at least one: Vesper's windows know whole minutes only, and the replay
 * (its heartbeats above all) must not end before the window does.
 */
export function replayMinutes(nightMs: number, speed: number): number {
  // a quotient like 6.000000000000001 is six minutes
  return Math.max(1, Math.ceil(Number((nightMs / speed / 60_000).toFixed(6))));
}

/** The schedulers with the most runs first in the choice; the answer keeps the workload's order. */
function chooseSchedulers(workload: Workload, max: number | null): readonly SchedulerSpec[] {
  if (max === null || workload.schedulers.length <= max) return workload.schedulers;
  const runs = new Map<string, number>();
  for (const { schedulerId } of workload.jobs) runs.set(schedulerId, (runs.get(schedulerId) ?? 0) + 1);
  const count = ({ schedulerId }: SchedulerSpec): number => runs.get(schedulerId) ?? 0;
  const chosen = new Set([...workload.schedulers].sort((a, b) => count(b) - count(a)).slice(0, max));
  return workload.schedulers.filter((scheduler) => chosen.has(scheduler));
}

function place(job: Job, nightStart: Date): PlacedRun {
  const startMs = job.startAt.getTime() - nightStart.getTime();
  return { job, startMs, endMs: startMs + job.runTimeMs };
}

function schedulerOf(run: PlacedRun, byId: ReadonlyMap<string, SchedulerSpec>): SchedulerSpec {
  const scheduler = byId.get(run.job.schedulerId);
  if (scheduler === undefined) throw new Error(`run ${run.job.runId} of an undescribed scheduler`);
  return scheduler;
}

/** A run's calls in their order: running, heartbeats, and its end when that is told in time. */
function callsOf(
  run: PlannedRun,
  scheduler: SchedulerSpec,
  lengthMs: number,
  heartbeatMs: number,
): PlannedCall[] {
  const { runId, metadata, runTimeMs } = run.job;
  const whose = { scheduler, runId };
  const calls: PlannedCall[] = [{ kind: 'running', atMs: run.startMs, metadata, ...whose }];
  const { outcome } = run;
  const aliveUntil = outcome.kind === 'silent' ? outcome.afterMs : Math.min(run.endMs, lengthMs);
  for (let atMs = run.startMs + heartbeatMs; atMs < aliveUntil; atMs += heartbeatMs) {
    calls.push({ kind: 'heartbeat', atMs, ...whose });
  }
  if (outcome.kind === 'silent') return calls;
  const end = { atMs: run.endMs, executionTimeMs: runTimeMs, ...whose };
  if (outcome.kind === 'failed') calls.push({ kind: 'failed', errorMessage: outcome.errorMessage, ...end });
  else if (run.endMs <= lengthMs) calls.push({ kind: 'completed', ...end });
  // still running when the replay ends: a last sign of life, so that it is not taken for stale by the final table
  else calls.push({ kind: 'heartbeat', atMs: lengthMs, ...whose });
  return calls;
}
