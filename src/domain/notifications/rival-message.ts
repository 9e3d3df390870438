import type { Clock } from '../shared/clock';
import type { MessageReference } from './delivery';

const LOOKS = 6;
const BETWEEN_LOOKS_MS = 3_000;

/**
 * Who has posted a message and then finds that the right to do so had passed to somebody else must know what became of theirs: only when both stand is one
 * too many. The other may still be about to post, so it is looked for a few times.
 * @param findTheirs where the message that counts is written down
 * @returns whether ours is the one too many
 */
export async function isOneTooMany(
  ours: MessageReference,
  clock: Clock,
  findTheirs: () => Promise<MessageReference | null>,
): Promise<boolean> {
  for (let look = 1; look <= LOOKS; look++) {
    const theirs = await findTheirs();
    if (theirs !== null) return theirs !== ours;
    if (look < LOOKS) await clock.sleep(BETWEEN_LOOKS_MS);
  }
  return false;
}
