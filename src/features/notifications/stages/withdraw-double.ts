import type { Channel } from '../../../domain/notifications/channel';
import type { MessageReference } from '../../../domain/notifications/delivery';
import { isOneTooMany } from '../../../domain/notifications/rival-message';
import type { Clock } from '../../../domain/shared/clock';

/** For taking a second message back. */
const WITHDRAWAL_MS = 15_000;

/**
 * Deletes a message that an instance posted after the right to do so had passed to another one, when that one has posted it as well.
 * @param findTheirs where the message that counts is written down
 */
export async function withdrawDouble(
  channel: Channel,
  ours: MessageReference,
  clock: Clock,
  findTheirs: () => Promise<MessageReference | null>,
): Promise<void> {
  // Not by the right that was lost: this only mends.
  if (await isOneTooMany(ours, clock, findTheirs))
    await channel.withdraw?.(ours, AbortSignal.timeout(WITHDRAWAL_MS));
}
