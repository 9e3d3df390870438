import { setTimeout as delay } from 'node:timers/promises';

/** The time a replay runs by; tests drive it by hand. */
export interface Pace {
  /** Epoch ms. */
  now(): number;
  /** Ends early, without an error, when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemPace: Pace = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
};
