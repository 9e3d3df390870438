import type { Scheduler } from '../schedulers/scheduler';

/** Wall-clock time of day, minute resolution. */
export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
}

/** A named daily window in a time zone. It crosses midnight when `end` is not after `start`. */
export interface EodWindow {
  readonly name: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly start: TimeOfDay;
  readonly end: TimeOfDay;
  /** Minutes between two edits of the table, in elapsed time. */
  readonly intervalMinutes: number;
  /** Where its table is posted; `null` for the default Slack channel. */
  readonly channelId: string | null;
  /** ISO weekdays (1 = Monday … 7 = Sunday) of the business dates on which it takes place; empty means every day. */
  readonly daysOfWeek: readonly number[];
  /** Only schedulers with one of these tags; empty means all. */
  readonly tags: readonly string[];
}

/**
 * Whether a scheduler is expected in a window. One that names only windows which are no longer configured belongs to all of them:
 * a missing line must mean that nothing is missing.
 */
export function belongsTo(
  window: EodWindow,
  scheduler: Pick<Scheduler, 'windows' | 'tags'>,
  windows: readonly EodWindow[],
): boolean {
  const named = scheduler.windows.filter((name) => windows.some((known) => known.name === name));
  if (named.length > 0 && !named.includes(window.name)) return false;
  return window.tags.length === 0 || window.tags.some((tag) => scheduler.tags.includes(tag));
}

/** The zone in which people read the times of a scheduler: that of the first window it belongs to. */
export function timeZoneOf(
  scheduler: Pick<Scheduler, 'windows' | 'tags'>,
  windows: readonly EodWindow[],
): string {
  return (
    windows.find((window) => belongsTo(window, scheduler, windows))?.timeZone ?? windows[0]?.timeZone ?? 'UTC'
  );
}

/** Port: the windows of this installation, in the order of their configuration; never empty. */
export type EodWindows = readonly EodWindow[];
export const EodWindows = Symbol('EodWindows');
