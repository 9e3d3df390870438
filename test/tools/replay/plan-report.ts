import { schedulersIn, type ExpectedNight, type ExpectedState } from './expected-night';
import type { Night, NightRule } from './night';
import type { ReplayOptions } from './options';
import type { NightPlan, PlannedCall, PlannedRun } from './plan';
import type { LogSurvey } from './swf-workload';

const MAX_BAD_LINES_SHOWN = 10;
const STATES: readonly ExpectedState[] = ['failed', 'stale', 'running', 'pending', 'completed'];

/** All that is known before the first call. */
export interface PreparedNight {
  readonly survey: LogSurvey;
  readonly rule: NightRule;
  readonly night: Night;
  readonly plan: NightPlan;
  readonly expected: ExpectedNight;
}

/** What is going to be played. */
export function describePlan(prepared: PreparedNight, options: ReplayOptions): string {
  const { survey, rule, night, plan } = prepared;
  const counts = countKinds(plan.calls);
  const minutes = plan.lengthMs / options.speed / 60_000;
  return [
    `Log         ${options.file}: ${survey.jobs} jobs, ${survey.schedulers.size} applications`,
    ...describeFaults(survey),
    `Night       ${night.date} ${rule.wallClock(night.startAt)}-${rule.wallClock(night.endAt)} ${rule.zone}, ` +
      `${plan.runs.length} runs of ${plan.schedulers.length} schedulers, ${countOverlaps(plan.runs)} runs overlap another of their scheduler`,
    `Replay      ${options.speed} times as fast: ${minutes} min`,
    `Calls       ${plan.schedulers.length} register, ${counts.running} running, ${counts.heartbeat} heartbeat, ` +
      `${counts.completed} completed, ${counts.failed} failed; at most ${busiestMinute(plan, options.speed)} in one real minute`,
    ...plan.notes.map((note) => `Note        ${note}`),
    ...warnings(options).map((warning) => `Warning     ${warning}`),
    '',
    describeExpected(prepared, options),
  ].join('\n');
}

/** What an operator must find in Slack. Times: the log's wall clock, and real minutes after the start. */
export function describeExpected(
  { rule, night, plan, expected }: PreparedNight,
  options: ReplayOptions,
): string {
  const at = (ms: number): string => {
    const real = Math.floor(ms / options.speed / 1000);
    const clock = `${Math.floor(real / 60)}:${String(real % 60).padStart(2, '0')}`;
    return `${rule.wallClock(new Date(night.startAt.getTime() + ms))} (+${clock})`;
  };
  const until = (ms: number | null): string => (ms === null ? 'to the end' : `resolved ${at(ms)}`);
  const silent = plan.runs.filter((run) => run.outcome.kind === 'silent');
  return [
    `Failures, ${expected.failures.length} (share ${options.failed}, seed ${options.seed}):`,
    ...expected.failures.map(
      (one) =>
        `  ${at(one.atMs)}  ${one.schedulerId} run ${one.runId}, ${until(one.resolvedMs)}` +
        `${one.repeated ? ' [repeats the one before]' : ''}: ${firstLine(one.errorMessage)}`,
    ),
    `Runs gone silent, ${silent.length} (share ${options.silent}, seed ${options.seed}):`,
    ...silent.map(
      (run) => `  ${at(silentSince(run))}  ${run.job.schedulerId} run ${run.job.runId}${fate(expected, run)}`,
    ),
    `Stale warnings, ${expected.silences.length} (no sign of life for ${options.staleMinutes} min of log time):`,
    ...expected.silences.map(
      (one) =>
        `  ${at(one.lastSignMs)}  last sign of ${one.schedulerId}, ${until(one.resolvedMs)}` +
        `${one.certain ? '' : ' [may fall between two scans]'}`,
    ),
    'At the end:',
    ...STATES.map((state) => describeState(state, schedulersIn(expected, state))),
  ].join('\n');
}

/** The plan for machines; times are offsets of log time in ms after the night's start. */
export function planAsJson({ survey, night, plan, expected }: PreparedNight, options: ReplayOptions) {
  return {
    log: {
      file: options.file,
      jobs: survey.jobs,
      applications: survey.schedulers.size,
      bad_lines: survey.badLines,
      left_out: Object.fromEntries(survey.leftOut),
    },
    night: {
      date: night.date,
      start: night.startAt.toISOString(),
      end: night.endAt.toISOString(),
      zone: options.zone,
    },
    settings: {
      speed: options.speed,
      seed: options.seed,
      failed: options.failed,
      silent: options.silent,
      heartbeat_minutes: options.heartbeatMinutes,
      stale_minutes: options.staleMinutes,
    },
    length_ms: plan.lengthMs,
    schedulers: plan.schedulers.length,
    runs: plan.runs.length,
    calls: { register: plan.schedulers.length, ...countKinds(plan.calls) },
    notes: plan.notes,
    warnings: warnings(options),
    expected: {
      failures: expected.failures.map((one) => ({
        scheduler_id: one.schedulerId,
        run_id: one.runId,
        at_ms: one.atMs,
        resolved_ms: one.resolvedMs,
        repeated: one.repeated,
        error_message: one.errorMessage,
      })),
      silent_runs: plan.runs
        .filter((run) => run.outcome.kind === 'silent')
        .map((run) => ({
          scheduler_id: run.job.schedulerId,
          run_id: run.job.runId,
          since_ms: silentSince(run),
          hidden: expected.hidden.has(run),
        })),
      stale_warnings: expected.silences.map((one) => ({
        scheduler_id: one.schedulerId,
        last_sign_ms: one.lastSignMs,
        resolved_ms: one.resolvedMs,
        certain: one.certain,
      })),
      at_the_end: Object.fromEntries(STATES.map((state) => [state, schedulersIn(expected, state)])),
    },
  };
}

function describeFaults(survey: LogSurvey): string[] {
  const shown = survey.badLines.slice(0, MAX_BAD_LINES_SHOWN);
  const more = survey.badLines.length - shown.length;
  return [
    ...shown.map(({ lineNumber, reason }) => `Bad line    ${lineNumber}: ${reason}`),
    ...(more > 0 ? [`Bad lines   ${more} more`] : []),
    ...[...survey.leftOut].map(([reason, count]) => `Left out    ${count} jobs: ${reason}`),
  ];
}

/** Settings under which what is expected may not be what is seen. */
function warnings(options: ReplayOptions): string[] {
  const found: string[] = [];
  const staleSeconds = (options.staleMinutes * 60) / options.speed;
  if (staleSeconds < 2) {
    found.push(
      `a stale timeout of ${staleSeconds.toFixed(2)} s of real time is within reach of ordinary delays`,
    );
  }
  if (options.heartbeatMinutes >= options.staleMinutes) {
    found.push('heartbeats come no faster than the stale timeout: healthy runs will look stale');
  }
  return found;
}

function describeState(state: ExpectedState, ids: readonly string[]): string {
  const list = state === 'completed' || ids.length === 0 ? '' : `: ${ids.join(' ')}`;
  return `  ${String(ids.length).padStart(4)} ${state}${list}`;
}

function fate(expected: ExpectedNight, run: PlannedRun): string {
  return expected.hidden.has(run) ? ' [hidden: another run of it spoke in its place]' : '';
}

function silentSince(run: PlannedRun): number {
  return run.outcome.kind === 'silent' ? run.outcome.afterMs : run.endMs;
}

function countKinds(calls: readonly PlannedCall[]): Record<PlannedCall['kind'], number> {
  const counts = { running: 0, heartbeat: 0, completed: 0, failed: 0 };
  for (const { kind } of calls) counts[kind] += 1;
  return counts;
}

function countOverlaps(runs: readonly PlannedRun[]): number {
  const busyUntil = new Map<string, number>();
  let overlaps = 0;
  for (const { job, startMs, endMs } of runs) {
    const until = busyUntil.get(job.schedulerId) ?? 0;
    if (startMs < until) overlaps += 1;
    busyUntil.set(job.schedulerId, Math.max(until, endMs));
  }
  return overlaps;
}

function busiestMinute(plan: NightPlan, speed: number): number {
  const perMinute = new Map<number, number>();
  for (const { atMs } of plan.calls) {
    const minute = Math.floor(atMs / speed / 60_000);
    perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
  }
  return Math.max(0, ...perMinute.values());
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
