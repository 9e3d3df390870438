import type { NightState, StatusTable } from '../../domain/windows/status-table';
import { LONGEST_HEADER } from './slack-message';
import { fitPlain } from './slack-text';
import { formatDate, formatSpan, formatTime } from './slack-time';

export const STATE_ICONS: Readonly<Record<NightState, string>> = {
  failed: '❌',
  stale: '⚠️',
  running: '🟡',
  pending: '⬜',
  completed: '✅',
};

/** From done to not begun, as spec 30 orders the summary line; the bar follows it. */
const PROGRESS_ORDER: readonly NightState[] = ['completed', 'running', 'failed', 'stale', 'pending'];
const SQUARES: Readonly<Record<NightState, string>> = {
  completed: '🟩',
  running: '🟨',
  failed: '🟥',
  stale: '🟧',
  pending: '⬜',
};
/** Fits one line of a phone. */
const BAR_LENGTH = 12;
const LONGEST_WINDOW_NAME = 60;

/** `EOD status · eod · Tue 2026-03-03` */
export function titleOf({ windowName, occurrence }: StatusTable, what: string): string {
  const name = fitPlain(windowName, LONGEST_WINDOW_NAME);
  return fitPlain(`${what} · ${name} · ${formatDate(occurrence.businessDate)}`, LONGEST_HEADER);
}

/** `00:00–06:00 WIB · 25 schedulers` */
export function scopeOf({ occurrence, timeZone, rows }: StatusTable): string {
  const span = formatSpan(occurrence.startsAt, occurrence.endsAt, timeZone);
  return `${span} · ${rows.length === 1 ? '1 scheduler' : `${rows.length} schedulers`}`;
}

/** `12 completed · 3 running · 1 failed · 1 stale · 8 pending` */
export function countsOf({ counts }: StatusTable): string {
  return PROGRESS_ORDER.map((state) => `${counts[state]} ${state}`).join(' · ');
}

/** `updated at 01:00 WIB · next update 02:00 WIB` */
export function footerOf({ updatedAt, nextUpdateAt, timeZone }: StatusTable): string {
  const next = nextUpdateAt === null ? 'final' : `next update ${formatTime(nextUpdateAt, timeZone)}`;
  return `updated at ${formatTime(updatedAt, timeZone)} · ${next}`;
}

/**
 * `🟩🟩🟩🟩🟩🟨🟨🟥🟧⬜⬜⬜ 48 % completed`. Every state that occurs has at least one square, so that one failure among a
 * thousand is seen, and the share is rounded down, so that 100 % means all. Not for a table without rows.
 */
export function progressBar({ counts, rows }: StatusTable): string {
  const lengths = shareSquares(PROGRESS_ORDER.map((state) => counts[state]));
  const bar = PROGRESS_ORDER.map((state, index) => SQUARES[state].repeat(lengths[index] ?? 0)).join('');
  return `${bar} ${Math.floor((counts.completed / rows.length) * 100)} % completed`;
}

/** Squares in proportion, none too few for what occurs; what rounding leaves over or takes too much is settled where it shows least. */
function shareSquares(amounts: readonly number[]): readonly number[] {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  const exact = amounts.map((amount) => (amount / total) * BAR_LENGTH);
  const lengths = exact.map((length) => (length === 0 ? 0 : Math.max(1, Math.round(length))));
  for (;;) {
    const surplus = lengths.reduce((sum, length) => sum + length, 0) - BAR_LENGTH;
    if (surplus === 0) return lengths;
    const errors = lengths.map((length, index) => (length - (exact[index] ?? 0)) * Math.sign(surplus));
    const eligible = lengths.map((length) => length > 1);
    const at = errors.reduce(
      (worst, error, index) =>
        eligible[index] && (worst < 0 || error > (errors[worst] ?? 0)) ? index : worst,
      -1,
    );
    lengths[at] = (lengths[at] ?? 0) - Math.sign(surplus);
  }
}
