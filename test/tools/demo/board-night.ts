import type { Random } from '../replay/seeded-random';
import type { CellAct, CellRun } from './act';
import type { DemoCell } from './cast';
import { between, chance } from './dice';

/** How a job of EPM ends, and whether its end is pushed. */
export type Ending = Pick<CellRun, 'outcome' | 'told'>;

const WARNS = 0.15;
const IS_LOST = 0.25;
/** Vesper asks EPM so often; Data Integration says for up to 5 s more that a job is running that has ended. */
export const POLL_SECONDS = 10;
const HEALED_AFTER_SECONDS = POLL_SECONDS + 5;

/**
 * What one cell does all night, in the order of time and without an end.
 * @param opening how its first job ends; `null`: as the dice fall, and a little later
 */
export function* cellNight(cell: DemoCell, opening: Ending | null, random: Random): Generator<CellAct> {
  let atMs = opening === null ? between(6, 30, random) : between(1, 4, random);
  let ending = opening ?? endingByChance(random);
  let lastsMs = opening === null ? between(12, 35, random) : between(10, 13, random);
  for (let number = 1; ; number += 1) {
    const run: CellRun = { cell, number, ...ending };
    const endMs = atMs + lastsMs;
    yield { atMs, kind: 'job-begins', run };
    yield { atMs: endMs, kind: 'job-ends', run };
    const warned = run.outcome === 'Warning';
    const knownMs = endMs + (run.told ? 0 : HEALED_AFTER_SECONDS * 1_000);
    atMs = knownMs + (warned ? between(12, 16, random) : between(20, 70, random));
    // what was repaired runs through, and whoever repaired it looks on
    ending = warned ? { outcome: 'OK', told: true } : endingByChance(random);
    lastsMs = between(12, warned ? 20 : 35, random);
  }
}

function endingByChance(random: Random): Ending {
  return { outcome: chance(WARNS, random) ? 'Warning' : 'OK', told: !chance(IS_LOST, random) };
}
