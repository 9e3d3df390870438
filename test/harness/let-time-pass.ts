import type { FakeClock } from '../fakes/fake-clock';

/** How much fake time passes at a time while work waits for something; pacing asks for a second. */
const STEP = '250ms';
/** Real turns given to sockets before fake time moves on. */
const TURNS = 4;
const MOST_STEPS = 4_000;

/** Lets fake time pass in small steps until `work` has ended: it may wait for pacing and for real sockets in turn. */
export async function letTimePass<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let ended = false;
  const end = () => (ended = true);
  work.then(end, end);
  for (let step = 0; !ended; step++) {
    if (step > MOST_STEPS) throw new Error('the work has not ended after a long time');
    for (let turn = 0; turn < TURNS && !ended; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    if (!ended) await clock.advance(STEP);
  }
  return work;
}
