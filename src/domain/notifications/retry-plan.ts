import { backOffMs } from '../shared/back-off';

const WAITS = { firstMs: 1_000, longestMs: 15 * 60_000 };
const GIVE_UP_AFTER_MS = 24 * 3_600_000;

/**
 * How long to wait before the next attempt: 1 s doubling to 15 min, half of it random, and never shorter than the channel asked for (spec 50).
 * @param attempts attempts made so far, at least 1
 * @param random from 0 to below 1
 */
export function retryDelayMs(attempts: number, random: number, askedForMs: number | null): number {
  const ceiling = longestPlannedMs(attempts);
  const planned = ceiling / 2 + (ceiling / 2) * random;
  return Math.ceil(Math.max(planned, askedForMs ?? 0));
}

/** The longest that the plan lets pass after so many attempts, when the channel asks for nothing. */
export function longestPlannedMs(attempts: number): number {
  return backOffMs(attempts, WAITS);
}

/** A delivery is given up 24 hours after it was first wanted. */
export function isGivenUp(createdAt: Date, now: Date): boolean {
  return now.getTime() - createdAt.getTime() >= GIVE_UP_AFTER_MS;
}
