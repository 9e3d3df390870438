import type { NightSummary } from '../../domain/windows/night-summary';
import type { TableRow } from '../../domain/windows/status-table';
import {
  context,
  fields,
  header,
  LONGEST_TEXT,
  packLines,
  section,
  type SlackMessage,
} from './slack-message';
import { countsOf, footerOf, progressBar, scopeOf, STATE_ICONS, titleOf } from './slack-table.words';
import { escapeMrkdwn, fitInline } from './slack-text';
import { formatDuration, formatTimeNear } from './slack-time';

const ALL_CLEAR = 'All clear ✅';
const LONGEST_NAME = 80;
const LONGEST_ERROR = 250;
/** Together with what stands around them they stay below the ceiling of a message. */
const FAILED_BUDGET = 5_500;
const RUNNING_BUDGET = 2_500;
const NEVER_STARTED_BUDGET = 2_500;
const TEXT_LIST_BUDGET = 900;

interface List {
  readonly heading: string;
  readonly lines: readonly string[];
  readonly budget: number;
}

/** The night's final summary: the verdict first, then figures, then what needs somebody. */
export function layOutSummary(summary: NightSummary): SlackMessage {
  const { table } = summary;
  const title = titleOf(table, 'EOD summary');
  const verdict = verdictOf(summary);
  const lists = listsOf(summary);
  const text = `${escapeMrkdwn(title)}: ${summary.allClear ? `${ALL_CLEAR}, ` : ''}${countsOf(table)}`;
  const figures = figuresOf(summary);
  const lead = [`*${scopeOf(table)}*`, ...(summary.total === 0 ? [] : [progressBar(table), countsOf(table)])];
  return {
    text,
    blocks: [
      header(title),
      section(`${verdict}\n${lead.join('\n')}`),
      ...(figures.length === 0 ? [] : [fields(figures.map(([label, value]) => `*${label}*\n${value}`))]),
      ...lists.flatMap((list) => textsOf(list, list.budget).map(section)),
      context(footerOf(table)),
    ],
    fallback: asPlainText(text, verdict, figures, lists),
  };
}

function verdictOf({ total, allClear, failed, stillRunning, neverStarted }: NightSummary): string {
  if (total === 0) return 'No scheduler belonged to this window.';
  if (allClear) return `*${ALL_CLEAR}*`;
  const parts = [
    failed.length === 0 ? null : `❌ ${failed.length} failed`,
    stillRunning.length === 0 ? null : `🟡 ${stillRunning.length} still running`,
    neverStarted.length === 0 ? null : `⬜ ${neverStarted.length} never started`,
  ];
  return `*${parts.filter((part) => part !== null).join(' · ')}*`;
}

function figuresOf(summary: NightSummary): readonly (readonly [string, string])[] {
  const { total, successRate, table, totalExecutionMs, longest, firstStartAt, lastFinishAt } = summary;
  if (total === 0) return [];
  const near = (at: Date | null) =>
    at === null ? '–' : formatTimeNear(at, table.timeZone, table.occurrence.businessDate);
  return [
    [
      'Success rate',
      successRate === null ? 'nothing ended' : `${percent(successRate)} of ${endedOf(summary)} that ended`,
    ],
    ['Total execution time', formatDuration(totalExecutionMs)],
    [
      'Longest',
      longest?.durationMs == null ? '–' : `${formatDuration(longest.durationMs)} (${nameOf(longest)})`,
    ],
    ['First start', near(firstStartAt)],
    ['Last finish', near(lastFinishAt)],
  ];
}

function listsOf({ table, failed, stillRunning, neverStarted }: NightSummary): readonly List[] {
  const near = (at: Date | null) =>
    at === null ? 'an unknown time' : formatTimeNear(at, table.timeZone, table.occurrence.businessDate);
  const ran = (row: TableRow) => (row.durationMs === null ? '' : `, for ${formatDuration(row.durationMs)}`);
  return [
    {
      heading: `*❌ Failed (${failed.length})*`,
      lines: failed.map((row) => `• ${nameOf(row)} at ${near(row.updatedAt)}: ${errorOf(row)}`),
      budget: FAILED_BUDGET,
    },
    {
      heading: `*🟡 Still running (${stillRunning.length})*`,
      lines: stillRunning.map(
        (row) =>
          `• ${row.state === 'stale' ? `${STATE_ICONS.stale} silent: ` : ''}${nameOf(row)}, since ${near(row.startedAt)}${ran(row)}`,
      ),
      budget: RUNNING_BUDGET,
    },
    {
      heading: `*⬜ Never started (${neverStarted.length})*`,
      lines: neverStarted.map((row) => `• ${nameOf(row)}`),
      budget: NEVER_STARTED_BUDGET,
    },
  ].filter((list) => list.lines.length > 0);
}

function textsOf({ heading, lines }: List, budget: number): readonly string[] {
  const { texts, left } = packLines([heading, ...lines], budget);
  return left === 0 ? texts : [...texts, `… and ${left} more, in the table`];
}

function asPlainText(
  text: string,
  verdict: string,
  figures: readonly (readonly [string, string])[],
  lists: readonly List[],
): SlackMessage {
  const lines = [
    text,
    verdict,
    ...figures.map(([label, value]) => `${label}: ${value}`),
    ...lists.flatMap((list) => textsOf(list, TEXT_LIST_BUDGET)),
  ];
  return { text: packLines(lines, LONGEST_TEXT).texts.join('\n'), blocks: [], fallback: null };
}

function nameOf({ serviceName, jobName }: TableRow): string {
  return `${fitInline(serviceName, LONGEST_NAME)} · ${fitInline(jobName, LONGEST_NAME)}`;
}

/** The first line says most; the rest is in the alert. */
function errorOf({ errorMessage }: TableRow): string {
  const [first = '', ...rest] = (errorMessage ?? 'no error message').trimStart().split('\n', 2);
  return `${fitInline(first.trimEnd(), LONGEST_ERROR)}${rest.length === 0 ? '' : ' …'}`;
}

function endedOf({ table }: NightSummary): number {
  return table.counts.completed + table.counts.failed;
}

/** Rounded down, so that 100.0 % means every one. */
function percent(share: number): string {
  return `${(Math.floor(share * 1_000) / 10).toFixed(1)} %`;
}
