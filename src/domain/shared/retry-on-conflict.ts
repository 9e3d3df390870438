import type { Clock } from './clock';
import { ChangedConcurrently } from './errors';

const ATTEMPTS = 12;
const LONGEST_WAIT_MS = 200;

/**
 * Reads and decides again when somebody else wrote first, after a short random wait that doubles.
 * @throws ChangedConcurrently after the last attempt
 */
export async function retryOnConflict<T>(clock: Clock, attempt: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ChangedConcurrently) || tried >= ATTEMPTS) throw error;
      await clock.sleep(Math.random() * Math.min(LONGEST_WAIT_MS, 2 ** tried));
    }
  }
}
