import { replayMinutes } from './plan';

const MINUTE_MS = 60_000;
/** Vesper's defaults in the log's own time: hourly edits, scan every 5 minutes. The stale timeout is an option. */
const UPDATE_INTERVAL_MINUTES = 60;
export const STALE_SCAN_MINUTES = 5;

export interface VesperEnv {
  /** When the window opens and the replay must start. */
  readonly startAt: Date;
  readonly variables: readonly (readonly [name: string, value: string])[];
}

/**
 * Settings of a Vesper whose default window opens at the next full minute and closes when the replay ends.
 * @throws RangeError when the replay is too long for a daily window.
 */
export function vesperEnv(now: Date, night: { nightMs: number; speed: number; staleMs: number }): VesperEnv {
  const startAt = new Date((Math.floor(now.getTime() / MINUTE_MS) + 1) * MINUTE_MS);
  const minutes = replayMinutes(night.nightMs, night.speed);
  if (minutes >= 24 * 60) throw new RangeError(`a replay of ${minutes} minutes does not fit a daily window`);
  const endAt = new Date(startAt.getTime() + minutes * MINUTE_MS);
  const scaled = (minutes: number): string => String(Number((minutes / night.speed).toPrecision(6)));
  return {
    startAt,
    variables: [
      ['EOD_TIMEZONE', 'UTC'],
      ['EOD_WINDOW_START', utcMinute(startAt)],
      ['EOD_WINDOW_END', utcMinute(endAt)],
      ['EOD_UPDATE_INTERVAL_MINUTES', scaled(UPDATE_INTERVAL_MINUTES)],
      ['STALE_TIMEOUT_MINUTES', scaled(night.staleMs / MINUTE_MS)],
      ['STALE_SCAN_INTERVAL_MINUTES', scaled(STALE_SCAN_MINUTES)],
      ['STALE_SCAN', 'window'],
      ['RATE_LIMIT_PER_MINUTE', '0'],
    ],
  };
}

function utcMinute(instant: Date): string {
  return instant.toISOString().slice(11, 16);
}
