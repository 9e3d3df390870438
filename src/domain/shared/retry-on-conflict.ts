import { backOffMs } from './back-off';
import type { Clock } from './clock';
import { ChangedConcurrently } from './errors';

const ATTEMPTS = 12;
/** No further attempt after this: with a storage that is slow as well, twelve would take longer than any caller waits. */
const LAST_BEGINS_WITHIN_MS = 4_000;
const WAITS = { firstMs: 2, longestMs: 200 };

/**
 * Reads and decides again when somebody else wrote first, after a short random wait that doubles.
 * @throws ChangedConcurrently after the last attempt
 */
export async function retryOnConflict<T>(clock: Clock, attempt: () => Promise<T>): Promise<T> {
  const began = clock.monotonicMs();
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      const isLast = tried >= ATTEMPTS || clock.monotonicMs() - began > LAST_BEGINS_WITHIN_MS;
      if (!(error instanceof ChangedConcurrently) || isLast) throw error;
      await clock.sleep(Math.random() * backOffMs(tried, WAITS));
    }
  }
}
