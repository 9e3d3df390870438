import type { NightPlan, PlannedCall, PlannedRun } from './plan';

export type ExpectedState = 'pending' | 'running' | 'stale' | 'completed' | 'failed';

/** A failure alert that Vesper must send. Offsets are log time after the night's start, in ms. */
export interface ExpectedFailure {
  readonly schedulerId: string;
  readonly runId: string;
  readonly atMs: number;
  readonly errorMessage: string;
  /** The scheduler was failed already: the same alert counts one more, no second one is sent. */
  readonly repeated: boolean;
  /** When a later update of the scheduler resolves it. */
  readonly resolvedMs: number | null;
}

/** A stretch longer than the stale timeout in which a running scheduler gives no sign of life. */
export interface ExpectedSilence {
  readonly schedulerId: string;
  readonly lastSignMs: number;
  /** The next call of the scheduler; `null` when there is none to the end. */
  readonly resolvedMs: number | null;
  /** Lasts so long that a scan must see it; a shorter one may fall between two scans. */
  readonly certain: boolean;
}

/** What an operator must see of a plan that was played in full, and at the end of it. */
export interface ExpectedNight {
  readonly states: ReadonlyMap<string, ExpectedState>;
  readonly failures: readonly ExpectedFailure[];
  readonly silences: readonly ExpectedSilence[];
  /** Runs gone silent that nobody can notice: another run of the same scheduler spoke for it. */
  readonly hidden: ReadonlySet<PlannedRun>;
}

/** Plays the plan on paper, by the rules of the scheduler API: one current status per scheduler, whichever run it is of. */
export function expectNight(
  plan: NightPlan,
  times: { readonly staleMs: number; readonly scanMs: number },
): ExpectedNight {
  const states = new Map<string, ExpectedState>();
  const failures: ExpectedFailure[] = [];
  const silences: ExpectedSilence[] = [];
  for (const [schedulerId, calls] of callsByScheduler(plan)) {
    const found = findSilences(calls, plan.lengthMs, times);
    silences.push(...found);
    failures.push(...findFailures(calls));
    const last = calls.findLast(isStatusUpdate);
    const stale = found.some(({ resolvedMs }) => resolvedMs === null);
    states.set(schedulerId, stale ? 'stale' : (last?.kind ?? 'pending'));
  }
  const noticed = (run: PlannedRun): boolean =>
    silences.some((one) => one.schedulerId === run.job.schedulerId && isSilenceOf(one, run));
  const hidden = plan.runs.filter((run) => run.outcome.kind === 'silent' && !noticed(run));
  failures.sort((a, b) => a.atMs - b.atMs);
  silences.sort((a, b) => a.lastSignMs - b.lastSignMs);
  return { states, failures, silences, hidden: new Set(hidden) };
}

/** The schedulers that must end in a state, in the plan's order. */
export function schedulersIn(expected: ExpectedNight, state: ExpectedState): string[] {
  return [...expected.states].filter(([, one]) => one === state).map(([schedulerId]) => schedulerId);
}

type StatusCall = Exclude<PlannedCall, { kind: 'heartbeat' }>;

function isStatusUpdate(call: PlannedCall): call is StatusCall {
  return call.kind !== 'heartbeat';
}

function isSilenceOf(silence: ExpectedSilence, run: PlannedRun): boolean {
  return silence.lastSignMs >= run.startMs;
}

function callsByScheduler(plan: NightPlan): ReadonlyMap<string, readonly PlannedCall[]> {
  const calls = new Map<string, PlannedCall[]>(plan.schedulers.map(({ schedulerId }) => [schedulerId, []]));
  for (const call of plan.calls) calls.get(call.scheduler.schedulerId)?.push(call);
  return calls;
}

function findFailures(calls: readonly PlannedCall[]): ExpectedFailure[] {
  const updates = calls.filter(isStatusUpdate);
  return updates.flatMap((call, index) => {
    if (call.kind !== 'failed') return [];
    const { atMs, runId, errorMessage } = call;
    const resolvedMs = updates.slice(index + 1).find(({ kind }) => kind !== 'failed')?.atMs ?? null;
    const repeated = updates[index - 1]?.kind === 'failed';
    return [{ schedulerId: call.scheduler.schedulerId, runId, atMs, errorMessage, repeated, resolvedMs }];
  });
}

function findSilences(
  calls: readonly PlannedCall[],
  lengthMs: number,
  times: { readonly staleMs: number; readonly scanMs: number },
): ExpectedSilence[] {
  const silences: ExpectedSilence[] = [];
  let running = false;
  for (const [index, call] of calls.entries()) {
    if (isStatusUpdate(call)) running = call.kind === 'running';
    const next = calls[index + 1];
    const lastsMs = (next?.atMs ?? lengthMs) - call.atMs;
    if (!running || lastsMs <= times.staleMs) continue;
    silences.push({
      schedulerId: call.scheduler.schedulerId,
      lastSignMs: call.atMs,
      resolvedMs: next?.atMs ?? null,
      certain: lastsMs > times.staleMs + times.scanMs,
    });
  }
  return silences;
}
