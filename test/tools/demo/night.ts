import { pick, seededRandom } from '../replay/seeded-random';
import type { Act } from './act';
import { cellNight, type Ending } from './board-night';
import { appOf, CELLS, CLOSE_CHANNEL, SCHEDULERS } from './cast';
import { schedulerNight, type Story } from './scheduler-night';

/** What a newcomer sees in the first minute; whom it befalls is the seed's choice. */
const OPENING_STORIES: readonly Story[] = ['fails', 'hangs', 'fails'];
const OPENING_ENDINGS: readonly Ending[] = [
  { outcome: 'OK', told: false },
  { outcome: 'Warning', told: true },
  { outcome: 'Warning', told: false },
];

/** The same night for the same seed: everything that happens, in the order of time and without an end. */
export function planNight(seed: number): Generator<Act> {
  const befallen = pick(SCHEDULERS, OPENING_STORIES.length, seededRandom(seed, 'opening/schedulers'));
  const besideTheTable = CELLS.filter(({ app }) => appOf(app).channel === CLOSE_CHANNEL.id);
  const watched = pick(besideTheTable, OPENING_ENDINGS.length, seededRandom(seed, 'opening/cells'));
  return inOrderOfTime<Act>([
    ...SCHEDULERS.map((scheduler) => {
      const story = OPENING_STORIES[befallen.indexOf(scheduler)] ?? 'well';
      return schedulerNight(scheduler, story, seededRandom(seed, scheduler.id));
    }),
    ...CELLS.map((cell) => {
      const ending = OPENING_ENDINGS[watched.indexOf(cell)] ?? null;
      return cellNight(cell, ending, seededRandom(seed, `${cell.app}/${cell.domain}`));
    }),
  ]);
}

/** Of acts at the same moment, that of the first actor comes first. */
function* inOrderOfTime<T extends Act>(actors: readonly Iterator<T>[]): Generator<T> {
  const upcoming = actors.map((actor) => ({ actor, next: actor.next() }));
  for (;;) {
    const living = upcoming.filter(({ next }) => !next.done);
    const first = living.reduce<(typeof upcoming)[number] | null>((earliest, candidate) => {
      return earliest === null || candidate.next.value.atMs < earliest.next.value.atMs ? candidate : earliest;
    }, null);
    if (first === null) return;
    yield first.next.value;
    first.next = first.actor.next();
  }
}
