import type { FakeClock } from '../fakes/fake-clock';
import { RealWaits } from './real-waits';
import { until } from './until';

/** How much fake time passes at a time while work waits for something; pacing asks for a second. */
const STEP = '250ms';
/** Real turns before fake time moves on: when nothing real is waited for, and while a vendor has not answered. */
const QUIET_TURNS = 2;
const VENDOR_TURNS = 5;
const MOST_STEPS = 4_000;
/** As many turns without waiting for anything real, and only a timer can make work go on. */
const STILL_TURNS = 5;

/**
 * Lets fake time pass in small steps until `work` has ended: it may wait for pacing and for real sockets in turn.
 * It stands still while the storage has not answered, or on a busy machine leases and timeouts would run out that never do in life.
 */
export async function letTimePass<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let ended = false;
  const end = () => (ended = true);
  work.then(end, end);
  const waits = new RealWaits();
  try {
    for (let step = 0; !ended; step++) {
      if (step > MOST_STEPS) throw new Error('the work has not ended after a long time');
      await letAnswersCome(waits, () => ended);
      if (!ended) await clock.advance(STEP);
    }
  } finally {
    waits.stopListening();
  }
  return work;
}

/**
 * Lets `work` come as far as it comes while fake time stands still: until it has ended, or only a timer could make it go on. However long storage and
 * vendor take, no timer has its turn before.
 */
export async function letWorkGoOn(work: Promise<unknown>): Promise<void> {
  let ended = false;
  const end = () => (ended = true);
  work.then(end, end);
  const waits = new RealWaits();
  let still = 0;
  const hasStopped = () => {
    still = waits.onStorage || waits.onVendor ? 0 : still + 1;
    return ended || still > STILL_TURNS;
  };
  try {
    await until(hasStopped, { withinMs: 20_000, everyMs: 1 });
  } finally {
    waits.stopListening();
  }
}

async function letAnswersCome(waits: RealWaits, hasEnded: () => boolean): Promise<void> {
  let turns = 0;
  while (!hasEnded() && turns < (waits.onVendor ? VENDOR_TURNS : QUIET_TURNS)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    turns = waits.onStorage ? 0 : turns + 1;
  }
}
