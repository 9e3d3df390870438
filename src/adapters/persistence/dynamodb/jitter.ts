import type { Clock } from '../../../domain/shared/clock';

const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 500;

/** Waits between two tries: a random part of a ceiling that doubles. @param tried tries made so far, at least 1 */
export function waitBetweenTries(clock: Clock, tried: number): Promise<void> {
  return clock.sleep(Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tried));
}
