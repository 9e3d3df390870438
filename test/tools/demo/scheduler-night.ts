import type { Random } from '../replay/seeded-random';
import type { SchedulerAct } from './act';
import type { DemoScheduler } from './cast';
import { between, chance } from './dice';

/** How a run goes. */
export type Story = 'well' | 'fails' | 'hangs';

/** Vesper's patience has to be more than this, and less than the time that a hanging job is silent. */
const HEARTBEAT_MS = 8_000;
export const STALE_AFTER_MS = 30_000;
/** Between two edits of the table; a failure is repaired later than that, so that each one is seen there. */
export const TABLE_EVERY_MS = 30_000;

const FAILS = 0.12;
const HANGS = 0.03;

/**
 * What one scheduler does all night, in the order of time and without an end.
 * @param opening how its first run goes; one that does not go well begins at once, so that a newcomer need not wait
 */
export function* schedulerNight(
  scheduler: DemoScheduler,
  opening: Story,
  random: Random,
): Generator<SchedulerAct> {
  let atMs = opening === 'well' ? between(0, 25, random) : between(0.5, 2, random);
  let story = opening;
  for (let round = 1; ; round += 1) {
    const acts = runOf(story, atMs, { scheduler, runId: `run-${round}` }, random);
    yield* acts;
    const endMs = acts.at(-1)?.atMs ?? atMs;
    const failed = story === 'fails';
    atMs = endMs + (failed ? TABLE_EVERY_MS + between(1, 5, random) : between(40, 110, random));
    // what was repaired runs through
    story = failed ? 'well' : nextStory(random);
  }
}

function nextStory(random: Random): Story {
  if (chance(FAILS, random)) return 'fails';
  return chance(HANGS, random) ? 'hangs' : 'well';
}

function runOf(
  story: Story,
  startMs: number,
  who: Pick<SchedulerAct, 'scheduler' | 'runId'>,
  random: Random,
): readonly SchedulerAct[] {
  const act = (kind: SchedulerAct['kind'], atMs: number): SchedulerAct => ({ atMs, kind, ...who });
  const alive = (fromMs: number, toMs: number): SchedulerAct[] => {
    const beats = Math.max(0, Math.ceil((toMs - fromMs) / HEARTBEAT_MS) - 1);
    return Array.from({ length: beats }, (_, index) => act('heartbeat', fromMs + (index + 1) * HEARTBEAT_MS));
  };
  if (story === 'hangs') {
    const hangsMs = startMs + between(2, 4, random);
    const wakesMs = hangsMs + STALE_AFTER_MS + between(15, 25, random);
    const endMs = wakesMs + between(10, 14, random);
    return [
      act('running', startMs),
      act('silent', hangsMs),
      act('heartbeat', wakesMs),
      ...alive(wakesMs, endMs),
      act('completed', endMs),
    ];
  }
  const endMs = startMs + (story === 'fails' ? between(8, 12, random) : between(12, 50, random));
  return [
    act('running', startMs),
    ...alive(startMs, endMs),
    act(story === 'fails' ? 'failed' : 'completed', endMs),
  ];
}
