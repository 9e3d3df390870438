import { backOffMs } from '../../../domain/shared/back-off';
import type { Clock } from '../../../domain/shared/clock';

const WAITS = { firstMs: 40, longestMs: 500 };

/** Waits between two tries: a random part of a ceiling that doubles. @param tried tries made so far, at least 1 */
export function waitBetweenTries(clock: Clock, tried: number): Promise<void> {
  return clock.sleep(Math.random() * backOffMs(tried, WAITS));
}
