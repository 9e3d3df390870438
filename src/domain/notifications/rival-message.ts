import type { Clock } from '../shared/clock';
import type { MessageReference } from './delivery';

const LOOKS = 6;
const BETWEEN_LOOKS_MS = 3_000;
const LONGEST_CALL_MS = 15_000;

/**
 * Takes back a message that was posted after the right to do so had passed to another instance, when that one has posted it as well: only when both
 * stand is one too many. Neither is done by the right that was lost, for this only mends: their signals are aborted after 15 s.
 * @param findTheirs where the message that counts is written down, or stands
 */
export async function withdrawDouble(
  ours: MessageReference,
  clock: Clock,
  findTheirs: (signal: AbortSignal) => Promise<MessageReference | null>,
  withdraw: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  if (await isOneTooMany(ours, clock, findTheirs)) await patiently(clock, withdraw);
}

/** The other one may still be about to post, so theirs is looked for a few times. */
async function isOneTooMany(
  ours: MessageReference,
  clock: Clock,
  findTheirs: (signal: AbortSignal) => Promise<MessageReference | null>,
): Promise<boolean> {
  for (let look = 1; look <= LOOKS; look++) {
    const theirs = await patiently(clock, findTheirs);
    if (theirs !== null) return theirs !== ours;
    if (look < LOOKS) await clock.sleep(BETWEEN_LOOKS_MS);
  }
  return false;
}

async function patiently<T>(clock: Clock, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const patience = new AbortController();
  const answered = new AbortController();
  const giveUp = () => patience.abort(new Error(`not answered within ${LONGEST_CALL_MS} ms`));
  void clock.sleep(LONGEST_CALL_MS, answered.signal).then(giveUp);
  try {
    return await call(patience.signal);
  } finally {
    answered.abort();
  }
}
