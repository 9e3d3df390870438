import type { FakeClock } from '../fakes/fake-clock';
import { RealWaits } from './real-waits';

/** How much fake time passes at a time while work waits for something; pacing asks for a second. */
const STEP = '250ms';
/** Real turns before fake time moves on: when nothing real is waited for, and while a vendor has not answered. */
const QUIET_TURNS = 2;
const VENDOR_TURNS = 5;
const MOST_STEPS = 4_000;

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

async function letAnswersCome(waits: RealWaits, hasEnded: () => boolean): Promise<void> {
  let turns = 0;
  while (!hasEnded() && turns < (waits.onVendor ? VENDOR_TURNS : QUIET_TURNS)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    turns = waits.onStorage ? 0 : turns + 1;
  }
}
