import { MINUTE, schedulerOf, settings, workloadOf } from './a-night';
import { expectNight, schedulersIn, type ExpectedNight } from './expected-night';
import type { Outcome } from './outcomes';
import { planNight, type NightPlan } from './plan';
import type { Workload } from './workload';

const TIMES = { staleMs: 10 * MINUTE, scanMs: 5 * MINUTE };

/** All runs of the plan get the outcome: shares of 1 and 0 leave nothing to chance but the moment of a silence. */
function planWhere(outcome: Outcome['kind'], workload: Workload): NightPlan {
  const failedShare = outcome === 'failed' ? 1 : 0;
  return planNight(workload, settings({ failedShare, silentShare: outcome === 'silent' ? 1 : 0 }));
}

/** The calls of two plans of the same schedulers as one. */
function together(a: NightPlan, b: NightPlan): NightPlan {
  const schedulers = [
    ...a.schedulers,
    ...b.schedulers.filter((s) => !a.schedulers.some((o) => o.schedulerId === s.schedulerId)),
  ];
  const calls = [...a.calls, ...b.calls].sort((x, y) => x.atMs - y.atMs);
  return { ...a, schedulers, calls, runs: [...a.runs, ...b.runs] };
}

function expected(plan: NightPlan): ExpectedNight {
  return expectNight(plan, TIMES);
}

describe('expectNight', () => {
  it('ends each scheduler in the status of its last update', () => {
    const plan = together(
      planWhere('failed', workloadOf([['f', 0, 5]])),
      planWhere(
        'as-logged',
        workloadOf([
          ['c', 0, 5],
          ['r', 300, 500],
        ]),
      ),
    );
    const { states } = expected({ ...plan, schedulers: [...plan.schedulers, schedulerOf('idle')] });
    expect(Object.fromEntries(states)).toEqual({
      f: 'failed',
      c: 'completed',
      r: 'running',
      idle: 'pending',
    });
  });

  it('goes by the last update, whichever overlapping run it is of', () => {
    // the longer run is still running, but the shorter one's end is the last that was told
    const plan = planWhere(
      'as-logged',
      workloadOf([
        ['a', 0, 600],
        ['a', 1, 2],
      ]),
    );
    expect(schedulersIn(expected(plan), 'completed')).toEqual(['a']);
  });

  it('knows a silent run as stale to the end', () => {
    const plan = planWhere('silent', workloadOf([['a', 60, 30]]));
    const night = expected(plan);
    expect(schedulersIn(night, 'stale')).toEqual(['a']);
    expect(night.silences).toEqual([
      { schedulerId: 'a', lastSignMs: plan.calls.at(-1)?.atMs, resolvedMs: null, certain: true },
    ]);
    expect(night.hidden.size).toBe(0);
  });

  it('ends a silence with the next sign of life of any run', () => {
    const plan = together(
      planWhere('silent', workloadOf([['a', 60, 0]])),
      planWhere('as-logged', workloadOf([['a', 73, 5]])),
    );
    const night = expected(plan);
    expect(night.silences).toEqual([
      { schedulerId: 'a', lastSignMs: 60 * MINUTE, resolvedMs: 73 * MINUTE, certain: false },
    ]);
    expect(schedulersIn(night, 'completed')).toEqual(['a']);
  });

  it('names silent runs that nobody can notice', () => {
    const silent = planWhere('silent', workloadOf([['a', 60, 0]]));
    const night = expected(together(silent, planWhere('as-logged', workloadOf([['a', 61, 5]]))));
    expect(night.silences).toEqual([]);
    expect([...night.hidden]).toEqual(silent.runs);
  });

  it('lists failures with what resolves them, and repeats of one that still stands', () => {
    const failing = planWhere(
      'failed',
      workloadOf([
        ['a', 0, 10],
        ['a', 1, 10],
      ]),
    );
    const night = expected(together(failing, planWhere('as-logged', workloadOf([['a', 30, 5]]))));
    expect(night.failures).toEqual([
      expect.objectContaining({ runId: '1', atMs: 10 * MINUTE, repeated: false, resolvedMs: 30 * MINUTE }),
      expect.objectContaining({ runId: '2', atMs: 11 * MINUTE, repeated: true, resolvedMs: 30 * MINUTE }),
    ]);
    expect(expected(failing).failures[0]?.resolvedMs).toBeNull();
  });

  it('takes healthy runs for stale when heartbeats come too seldom', () => {
    const plan = planNight(workloadOf([['a', 0, 40]]), settings({ heartbeatMs: 15 * MINUTE }));
    expect(expected(plan).silences).toHaveLength(2);
  });
});
