import type { Canvas, CanvasApp, CanvasRow } from '../../domain/board/canvas';
import type { RecentJob } from '../../domain/board/epm-job';
import { fitMarkdown } from './slack-markdown';
import {
  ageOf,
  isStale,
  LONGEST_JOB_ID,
  LONGEST_NAME,
  runningFor,
  STALE_ICON,
  STATUS_ICONS,
} from './slack-canvas.words';
import { formatDay, formatDuration } from './slack-time';

/** contracts/slack.md §5, the heading counted in: nobody has said that it is not. */
const MOST_CELLS = 300;
/** Names of apps in one cell. */
const LONGEST_LIST = 200;

type Column = readonly [heading: string, alignment: '---' | '---:'];

const ROW_COLUMNS: readonly Column[] = [
  ['Status', '---'],
  ['Domain', '---'],
  ['Job', '---'],
  ['Age', '---:'],
  ['Took', '---:'],
  ['Message', '---'],
];
const JOB_COLUMNS: readonly Column[] = [
  ['Status', '---'],
  ['Job', '---'],
  ['Apps', '---'],
  ['Started', '---:'],
  ['Took', '---:'],
];
const MOST_ROWS = Math.floor(MOST_CELLS / ROW_COLUMNS.length) - 1;

/** How much of a board is told. */
export interface Extent {
  readonly jobs: number;
  /** Units of a message. */
  readonly message: number;
  /** `null`: all of them. */
  readonly rows: ReadonlySet<CanvasRow> | null;
}

/** Heading and table of one app; several of both when it has more rows than a table may. */
export function appSections({ displayName, rows }: CanvasApp, now: Date, extent: Extent): readonly string[] {
  const heading = `## ${fitMarkdown(displayName, LONGEST_NAME)}`;
  const shown = rows.filter((row) => extent.rows?.has(row) ?? true);
  const left = rows.length - shown.length;
  const tables = inParts(shown, MOST_ROWS).flatMap((part, index) => [
    index === 0 ? heading : `${heading} (continued)`,
    table(
      ROW_COLUMNS,
      part.map((row) => rowCells(row, now, extent.message)),
    ),
  ]);
  if (left === 0) return tables;
  const note = `_${left} of its ${rows.length} domains left out: the canvas is full_`;
  return tables.length === 0 ? [heading, note] : [...tables, note];
}

/** Newest first, as they come. */
export function jobSections(
  { recentJobs, generatedAt, timeZone }: Canvas,
  { jobs }: Extent,
): readonly string[] {
  if (recentJobs.length === 0) return [];
  const shown = recentJobs.slice(0, jobs);
  const heading = '## Recent jobs';
  if (shown.length === 0) return [heading, '_Left out: the canvas is full_'];
  return [
    heading,
    table(
      JOB_COLUMNS,
      shown.map((job) => jobCells(job, generatedAt, timeZone)),
    ),
  ];
}

function rowCells(row: CanvasRow, now: Date, longestMessage: number): readonly string[] {
  const { status, since, durationMs } = row;
  const isProblem = status === 'Warning' || isStale(row);
  const domain = fitMarkdown(row.domain, LONGEST_NAME);
  return [
    statusCell(row),
    isProblem ? `**${domain}**` : domain,
    fitMarkdown(row.jobId ?? '', LONGEST_JOB_ID),
    since === null ? '' : unbroken(ageOf(since, now)),
    durationMs === null ? '' : unbroken(formatDuration(durationMs)),
    longestMessage === 0 ? '' : fitMarkdown(row.message ?? '', longestMessage),
  ];
}

function statusCell(row: CanvasRow): string {
  const icon = STATUS_ICONS[row.status];
  if (isStale(row)) return `${icon} Loading ${STALE_ICON} **stale**`;
  return row.status === 'Warning' ? `${icon} **Warning**` : `${icon} ${row.status}`;
}

function jobCells(
  { jobId, apps, status, startedAt, completedAt }: RecentJob,
  now: Date,
  timeZone: string,
): readonly string[] {
  return [
    `${STATUS_ICONS[status]} ${status}`,
    fitMarkdown(jobId, LONGEST_JOB_ID),
    fitMarkdown(apps.join(', '), LONGEST_LIST),
    startedAt === null ? '' : unbroken(formatDay(startedAt, timeZone)),
    unbroken(tookCell(startedAt, completedAt, now)),
  ];
}

function tookCell(startedAt: Date | null, completedAt: Date | null, now: Date): string {
  if (startedAt === null) return '';
  if (completedAt === null) return runningFor(startedAt, now);
  return formatDuration(completedAt.getTime() - startedAt.getTime());
}

/** A long message beside it must not leave a number on one line and its unit on the next. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

/** Parts of about the same length: a last table of one row would look like a mistake. */
function inParts<T>(items: readonly T[], most: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / most);
  const length = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, part) => items.slice(part * length, (part + 1) * length));
}

function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const heading = columns.map(([name]) => name);
  const alignments = columns.map(([, alignment]) => alignment);
  return [heading, alignments, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
