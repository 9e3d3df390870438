import { MINUTE, schedulerOf, settings, workloadOf } from './a-night';
import { planNight, replayMinutes, type NightPlan } from './plan';

/** 100 runs of 10 schedulers over the night, each of 1 to 40 minutes. */
const hundredRuns = workloadOf(
  Array.from({ length: 100 }, (_, index) => [`s${index % 10}`, index * 3, 1 + ((index * 7) % 40)] as const),
);

function brief(plan: NightPlan): string[] {
  return plan.calls.map(
    ({ kind, atMs, runId, scheduler }) => `${atMs / MINUTE} ${scheduler.schedulerId}/${runId} ${kind}`,
  );
}

describe('planNight', () => {
  it('tells a run as running, heartbeats in between, completed with the run time of the log', () => {
    const plan = planNight(workloadOf([['a', 10, 12]]), settings());
    expect(brief(plan)).toEqual([
      '10 a/1 running',
      '15 a/1 heartbeat',
      '20 a/1 heartbeat',
      '22 a/1 completed',
    ]);
    expect(plan.calls[0]).toMatchObject({ metadata: { user: 1 } });
    expect(plan.calls[3]).toMatchObject({ executionTimeMs: 12 * MINUTE });
  });

  it('keeps overlapping runs of one scheduler apart by run id, in order of time', () => {
    const plan = planNight(
      workloadOf([
        ['a', 0, 7],
        ['a', 4, 2],
      ]),
      settings(),
    );
    expect(brief(plan)).toEqual([
      '0 a/1 running',
      '4 a/2 running',
      '5 a/1 heartbeat',
      '6 a/2 completed',
      '7 a/1 completed',
    ]);
  });

  it('tells a run without length as running, then completed', () => {
    expect(brief(planNight(workloadOf([['a', 3, 0]]), settings()))).toEqual([
      '3 a/1 running',
      '3 a/1 completed',
    ]);
  });

  it('leaves a run open that lasts longer than the night, with a last sign of life at the end', () => {
    const calls = brief(planNight(workloadOf([['a', 353, 60]]), settings()));
    expect(calls).toEqual(['353 a/1 running', '358 a/1 heartbeat', '360 a/1 heartbeat']);
  });

  it('goes on to the next full minute of real time', () => {
    const plan = planNight(workloadOf([['a', 365, 1]]), settings({ nightMs: 370 * MINUTE }));
    expect(plan.lengthMs).toBe(420 * MINUTE);
    expect(replayMinutes(360 * MINUTE, 60)).toBe(6);
    expect(replayMinutes(360 * MINUTE, 100)).toBe(4);
    expect(replayMinutes(1, 1000)).toBe(1);
  });

  it('fails and silences the asked shares, to the rounded run', () => {
    const plan = planNight(hundredRuns, settings({ failedShare: 0.055, silentShare: 0.034 }));
    const kinds = plan.runs.map(({ outcome }) => outcome.kind);
    expect(kinds.filter((kind) => kind === 'failed')).toHaveLength(6);
    expect(kinds.filter((kind) => kind === 'silent')).toHaveLength(3);
    expect(plan.calls.filter(({ kind }) => kind === 'failed')).toHaveLength(6);
    expect(plan.calls.filter(({ kind }) => kind === 'completed')).toHaveLength(91);
    expect(plan.notes).toEqual([]);
  });

  it('gives every failure a message, and a silent run neither a late heartbeat nor an end', () => {
    const plan = planNight(hundredRuns, settings({ failedShare: 0.3, silentShare: 0.3 }));
    for (const run of plan.runs) {
      const calls = plan.calls.filter(({ runId }) => runId === run.job.runId);
      const { outcome } = run;
      if (outcome.kind === 'failed') {
        expect(calls.at(-1)).toMatchObject({ kind: 'failed', atMs: run.endMs });
        expect(outcome.errorMessage.length).toBeGreaterThan(10);
      }
      if (outcome.kind !== 'silent') continue;
      expect(outcome.afterMs).toBeGreaterThanOrEqual(run.startMs);
      expect(outcome.afterMs).toBeLessThanOrEqual(Math.min(run.endMs, plan.lengthMs - 20 * MINUTE));
      expect(calls.slice(1).every(({ kind, atMs }) => kind === 'heartbeat' && atMs < outcome.afterMs)).toBe(
        true,
      );
    }
  });

  it('says when too few runs are early enough to fail or to fall silent in time', () => {
    const late = workloadOf([
      ['a', 350, 60],
      ['b', 355, 60],
    ]);
    const plan = planNight(late, settings({ failedShare: 0.5, silentShare: 0.5 }));
    expect(plan.runs.map(({ outcome }) => outcome.kind)).toEqual(['as-logged', 'as-logged']);
    expect(plan.notes).toHaveLength(2);
    expect(plan.notes[0]).toContain('only 0 of 1 runs can be failed');
  });

  it('is the same for the same seed, and another one for another seed', () => {
    const drawn = settings({ failedShare: 0.1, silentShare: 0.1, seed: 7 });
    expect(planNight(hundredRuns, drawn)).toEqual(planNight(hundredRuns, drawn));
    const failed = (seed: number): string[] =>
      planNight(hundredRuns, { ...drawn, seed })
        .runs.filter((run) => run.outcome.kind === 'failed')
        .map((run) => run.job.runId);
    expect(failed(8)).not.toEqual(failed(7));
  });

  it('orders each scheduler by time, and what is due at once by the start of its run', () => {
    const { calls } = planNight(hundredRuns, settings({ failedShare: 0.1, silentShare: 0.1 }));
    expect(calls.every((call, index) => index === 0 || call.atMs >= (calls[index - 1]?.atMs ?? 0))).toBe(
      true,
    );
    const handover = planNight(
      workloadOf([
        ['a', 0, 4],
        ['a', 4, 1],
      ]),
      settings(),
    );
    expect(brief(handover).slice(1, 3)).toEqual(['4 a/1 completed', '4 a/2 running']);
  });

  it('keeps the schedulers with the most runs, and only their jobs', () => {
    const workload = workloadOf([
      ['a', 0, 1],
      ['b', 1, 1],
      ['c', 2, 1],
      ['c', 3, 1],
      ['b', 4, 1],
    ]);
    const plan = planNight(workload, settings({ maxSchedulers: 2 }));
    expect(plan.schedulers.map(({ schedulerId }) => schedulerId)).toEqual(['b', 'c']);
    expect(plan.runs).toHaveLength(4);
  });

  it('registers a scheduler that never runs', () => {
    const { jobs, schedulers } = workloadOf([['a', 0, 1]]);
    const plan = planNight({ jobs, schedulers: [...schedulers, schedulerOf('idle')] }, settings());
    expect(plan.schedulers).toHaveLength(2);
  });
});
