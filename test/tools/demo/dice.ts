import type { Random } from '../replay/seeded-random';

/** A time in ms between two times in seconds. */
export function between(fromSeconds: number, toSeconds: number, random: Random): number {
  return Math.round((fromSeconds + random() * (toSeconds - fromSeconds)) * 1_000);
}

export function chance(share: number, random: Random): boolean {
  return random() < share;
}
