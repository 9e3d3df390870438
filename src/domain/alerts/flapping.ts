import type { AlertSlot } from './alert';

/** Flapping: this many opens and resolves … (spec 50, "Alert") */
const CHANGES = 5;
/** … within this long; and stable again once nothing changed for as long. */
export const FLAPPING_WINDOW_MS = 30 * 60_000;

export interface FlappingVerdict {
  readonly recentChanges: readonly Date[];
  readonly flapping: boolean;
  /** Flapping begins with this very change. */
  readonly begins: boolean;
}

/** Judges a slot with one more open or resolve at `now`. */
export function judgeFlapping(slot: AlertSlot, now: Date): FlappingVerdict {
  // As many as the verdict needs: what flaps ten times a second must not outgrow its slot.
  const recentChanges = [...slot.recentChanges, now]
    .filter((at) => now.getTime() - at.getTime() < FLAPPING_WINDOW_MS)
    .slice(-CHANGES);
  const wasFlapping = isFlapping(slot, now);
  const flapping = wasFlapping || recentChanges.length >= CHANGES;
  return { recentChanges, flapping, begins: flapping && !wasFlapping };
}

/** Whether the slot's alerts are kept quiet at `now`. */
export function isFlapping(slot: AlertSlot, now: Date): boolean {
  const last = slot.recentChanges.at(-1);
  return slot.flapping && last !== undefined && now.getTime() - last.getTime() < FLAPPING_WINDOW_MS;
}
