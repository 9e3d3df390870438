import type { Canvas, CanvasRow } from '../../domain/board/canvas';
import type { CellStatus } from '../../domain/board/cell';
import { fitMarkdown } from './slack-markdown';
import { formatInstant } from './slack-time';

/** Name of the canvas, and of its tab. */
export const CANVAS_TITLE = 'EPM status';

export const STATUS_ICONS: Readonly<Record<CellStatus, string>> = {
  Blank: '⚪',
  Loading: '🟡',
  OK: '🟢',
  Warning: '🔴',
};
export const STALE_ICON = '⚠️';

/** Names of apps, domains and channels: 80 characters at most, each of which may be two units. */
export const LONGEST_NAME = 160;
export const LONGEST_JOB_ID = 100;
export const LONGEST_MESSAGE = 200;
/** What needs somebody's attention is told first; so many find room above the fold of a screen. */
const MOST_PROBLEMS = 10;

const MINUTE_MS = 60_000;
const MINUTES_OF_HOUR = 60;
/** From here on days say enough. */
const MOST_HOURS = 48;
const HOURS_OF_DAY = 24;

/** `# EPM status · epm-main · updated 2026-02-16 21:30 WIB` */
export function titleOf({ channelName, lastUpdateAt, timeZone }: Canvas): string {
  const updated =
    lastUpdateAt === null ? 'no update yet' : `updated ${formatInstant(lastUpdateAt, timeZone)}`;
  return `# ${CANVAS_TITLE} · ${fitMarkdown(channelName, LONGEST_NAME)} · ${updated}`;
}

/** Tells people that it is no place for notes, and ourselves that the canvas is ours: it names the channel for that. */
export function footerOf({ channelName }: Canvas): string {
  const name = fitMarkdown(channelName, LONGEST_NAME);
  return `_Vesper keeps this board of ${name} up to date and replaces what is written here by hand._`;
}

/** `🔴 **1 warning** · ⚠️ **1 stale** · 🟡 2 loading · 🟢 9 OK · ⚪ 1 blank`, or that all is well. */
export function summaryOf({ apps }: Canvas): string {
  const rows = apps.flatMap((app) => app.rows);
  if (rows.length === 0) return 'No app is shown in this channel.';
  const count = (status: CellStatus, stale = false) =>
    rows.filter((row) => row.status === status && isStale(row) === stale).length;
  const [warning, stale, loading, ok, blank] = [
    count('Warning'),
    count('Loading', true),
    count('Loading'),
    count('OK'),
    count('Blank'),
  ];
  if (ok === rows.length) return `${STATUS_ICONS.OK} **All ${ok} OK**`;
  return [
    ...(warning > 0
      ? [`${STATUS_ICONS.Warning} **${warning} ${warning === 1 ? 'warning' : 'warnings'}**`]
      : []),
    ...(stale > 0 ? [`${STALE_ICON} **${stale} stale**`] : []),
    ...(loading > 0 ? [`${STATUS_ICONS.Loading} ${loading} loading`] : []),
    ...(ok > 0 ? [`${STATUS_ICONS.OK} ${ok} OK`] : []),
    ...(blank > 0 ? [`${STATUS_ICONS.Blank} ${blank} blank`] : []),
  ].join(' · ');
}

/** One line for each row that somebody should look at, warnings first; empty when there is none. */
export function problemsOf({ apps, generatedAt }: Canvas): string {
  const rows = apps.flatMap(({ displayName, rows: ofApp }) => ofApp.map((row) => ({ ...row, displayName })));
  const problems = [...rows.filter(({ status }) => status === 'Warning'), ...rows.filter(isStale)];
  const listed = problems
    .slice(0, MOST_PROBLEMS)
    .map((row) => `- ${problemOf(row, row.displayName, generatedAt)}`);
  const beyond = problems.length - listed.length;
  return [...listed, ...(beyond === 0 ? [] : [`- … and ${beyond} more, see below`])].join('\n');
}

/** `🔴 **FCCS · Consolidation** · 12 min ago · Validation failed` */
function problemOf(row: CanvasRow, app: string, now: Date): string {
  const name = `**${fitMarkdown(app, LONGEST_NAME)} · ${fitMarkdown(row.domain, LONGEST_NAME)}**`;
  const message = fitMarkdown(row.message ?? '', LONGEST_MESSAGE);
  const age =
    row.since === null ? [] : [isStale(row) ? `loading for ${ageOf(row.since, now)}` : agoOf(row.since, now)];
  const icon = isStale(row) ? STALE_ICON : STATUS_ICONS[row.status];
  return [`${icon} ${name}`, ...age, ...(message === '' ? [] : [message])].join(' · ');
}

/** Only what is loading can be stale. */
export function isStale({ status, stale }: CanvasRow): boolean {
  return status === 'Loading' && stale;
}

/** `just now`, `5 min`, `47 h`, `3 d`: coarse, so that a board where nothing happens keeps its text for a while. */
export function ageOf(since: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - since.getTime()) / MINUTE_MS);
  if (minutes < 1) return 'just now';
  if (minutes < MINUTES_OF_HOUR) return `${minutes} min`;
  const hours = Math.floor(minutes / MINUTES_OF_HOUR);
  return hours < MOST_HOURS ? `${hours} h` : `${Math.floor(hours / HOURS_OF_DAY)} d`;
}

/** `just started`, `running 5 min` */
export function runningFor(since: Date, now: Date): string {
  const age = ageOf(since, now);
  return age === 'just now' ? 'just started' : `running ${age}`;
}

function agoOf(since: Date, now: Date): string {
  const age = ageOf(since, now);
  return age === 'just now' ? age : `${age} ago`;
}
