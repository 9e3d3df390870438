import type { Act, CellAct, SchedulerAct } from './act';
import { POLL_SECONDS } from './board-night';
import { CELLS, EPM_KEY, SCHEDULERS } from './cast';
import { planNight } from './night';
import { STALE_AFTER_MS, TABLE_EVERY_MS } from './scheduler-night';

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);
const SOME_SEEDS = SEEDS.slice(0, 6);
const MINUTE_MS = 60_000;
/** Data Integration calls a job running for up to so long after its end. */
const LAG_MS = 5_000;
const HEALED_AFTER_MS = POLL_SECONDS * 1_000 + LAG_MS;

describe('the night', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(actsUntil(1, 10)).toEqual(actsUntil(1, 10));
    expect(actsUntil(2, 10)).not.toEqual(actsUntil(1, 10));
  });

  it('is played by everybody, in the order of time, and has no end', () => {
    const acts = actsUntil(3, 120);
    expect(acts.map(({ atMs }) => atMs)).toEqual(acts.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
    const late = acts.filter(({ atMs }) => atMs > 110 * MINUTE_MS);
    expect(new Set(late.map(actorOf)).size).toBe(SCHEDULERS.length + CELLS.length);
  });

  it.each(SEEDS)('shows in its first minute what Vesper is for (seed %d)', (seed) => {
    const acts = actsUntil(seed, 1);
    const runs = acts.filter(isOfScheduler);
    const failed = runs.filter(({ kind }) => kind === 'failed');
    const repaired = failed.filter(({ scheduler, atMs }) =>
      runs.some((act) => act.scheduler === scheduler && act.kind === 'running' && act.atMs > atMs),
    );
    expect(repaired.length).toBeGreaterThanOrEqual(2);
    for (const { scheduler, atMs } of failed)
      expect(
        runs.filter((act) => act.scheduler === scheduler && isWithin(act, atMs, TABLE_EVERY_MS)),
      ).toEqual([]);
    expect(runs.filter(({ kind, atMs }) => kind === 'silent' && atMs < 10_000)).toHaveLength(1);
    expect(new Set(runs.filter(({ kind }) => kind === 'running').map(actorOf)).size).toBe(SCHEDULERS.length);

    const ends = acts.filter(isOfCell).filter(({ kind, run }) => kind === 'job-ends' && run.number === 1);
    const healed = ends.filter(({ run, atMs }) => !run.told && atMs + HEALED_AFTER_MS < MINUTE_MS);
    expect(healed.map(({ run }) => run.outcome)).toEqual(expect.arrayContaining(['OK', 'Warning']));
    const warned = ends.filter(({ run }) => run.told && run.outcome === 'Warning');
    const resolved = warned.filter(({ run }) => endOf(acts, run.cell, 2)?.run.outcome === 'OK');
    expect(resolved.length).toBeGreaterThanOrEqual(1);
  });

  it.each(SOME_SEEDS)(
    'never shows a silence that was not meant, nor misses one that was (seed %d)',
    (seed) => {
      for (const scheduler of SCHEDULERS) {
        const acts = actsUntil(seed, 30)
          .filter(isOfScheduler)
          .filter((act) => act.scheduler === scheduler);
        let hangs = false;
        for (const [index, { kind, atMs }] of acts.entries()) {
          const before = acts.slice(0, index).findLast((act) => act.kind !== 'silent');
          if (kind === 'silent') hangs = true;
          if (kind === 'silent' || kind === 'running' || before === undefined) continue;
          expect([kind, atMs - before.atMs > STALE_AFTER_MS + 10_000]).toEqual([kind, hangs]);
          expect([kind, atMs - before.atMs > STALE_AFTER_MS - 10_000]).toEqual([kind, hangs]);
          hangs = false;
        }
      }
    },
  );

  it.each(SOME_SEEDS)('leaves Vesper time to find out what was not pushed (seed %d)', (seed) => {
    for (const cell of CELLS) {
      const acts = actsUntil(seed, 30)
        .filter(isOfCell)
        .filter(({ run }) => run.cell === cell);
      expect(acts.map(({ kind }) => kind)).toEqual(
        acts.map((_, index) => (index % 2 === 0 ? 'job-begins' : 'job-ends')),
      );
      for (const [index, { kind, run, atMs }] of acts.entries()) {
        const next = acts[index + 1];
        if (kind === 'job-begins' || next === undefined) continue;
        const pauseMs = next.atMs - atMs;
        expect(pauseMs).toBeGreaterThan(run.told ? 10_000 : HEALED_AFTER_MS + 10_000);
      }
    }
  });

  it.each(SOME_SEEDS)('is loud without ever being refused for its rate (seed %d)', (seed) => {
    const acts = actsUntil(seed, 30);
    for (const [key, most] of [...SCHEDULERS.map(({ key }) => [key, 100] as const), [EPM_KEY, 60] as const]) {
      const times = acts.filter((act) => keyOf(act) === key).map(({ atMs }) => atMs);
      const busiest = Math.max(
        ...times.map((from, index) => times.slice(index).findIndex((at) => at >= from + MINUTE_MS)),
      );
      expect(busiest).toBeLessThan(most / 2);
    }
  });
});

function actsUntil(seed: number, minutes: number): readonly Act[] {
  const acts: Act[] = [];
  for (const act of planNight(seed)) {
    if (act.atMs >= minutes * MINUTE_MS) break;
    acts.push(act);
  }
  return acts;
}

function endOf(acts: readonly Act[], cell: unknown, number: number): CellAct | undefined {
  return acts
    .filter(isOfCell)
    .find(({ kind, run }) => kind === 'job-ends' && run.cell === cell && run.number === number);
}

/** After a moment, but not long after. */
function isWithin(act: Act, fromMs: number, lengthMs: number): boolean {
  return act.atMs > fromMs && act.atMs <= fromMs + lengthMs;
}

function isOfScheduler(act: Act): act is SchedulerAct {
  return 'scheduler' in act;
}

function isOfCell(act: Act): act is CellAct {
  return 'run' in act;
}

function actorOf(act: Act): unknown {
  return isOfScheduler(act) ? act.scheduler : act.run.cell;
}

function keyOf(act: Act): string {
  return isOfScheduler(act) ? act.scheduler.key : EPM_KEY;
}
