export interface BackOff {
  /** After the first failure; each further one doubles it. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/** 2 ** 1024 is Infinity, and that times a `firstMs` of 0 is not a number. */
const MOST_DOUBLINGS = 1_000;

/**
 * How long to leave alone what has failed so often in a row: capped exponential back-off. Jitter is for whoever needs it to add.
 * @param failures at least 1
 */
export function backOffMs(failures: number, { firstMs, longestMs }: BackOff): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, MOST_DOUBLINGS));
}
