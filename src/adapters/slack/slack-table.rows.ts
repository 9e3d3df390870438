import type { TableBlock } from '@slack/types';
import type { StatusTable, TableRow } from '../../domain/windows/status-table';
import { escapeMrkdwn, fitInline, fitPlain } from './slack-text';
import { formatDuration, formatTimeNear } from './slack-time';
import { STATE_ICONS } from './slack-table.words';

/** Longer names are cut; at this length 64 of the longest rows still go into one table. */
const LONGEST_NAME = 60;
const LONGEST_COMPACT_NAME = 40;
/** A compact line is one unit of what fits and what does not. */
const LONGEST_COMPACT_LINE = 300;
/** Slack refuses an empty cell (contracts/slack.md §6). */
const EMPTY = ' ';

const HEADINGS = [EMPTY, 'Service', 'Job', 'Status', 'Last update', 'Duration'] as const;
const COLUMNS: NonNullable<TableBlock['column_settings']> = [
  { align: 'center' },
  { is_wrapped: true },
  { is_wrapped: true },
  {},
  { align: 'right' },
  { align: 'right' },
];

/** One row of the table as texts. */
export type Cells = readonly string[];

export function toCells(row: TableRow, { timeZone, occurrence }: StatusTable): Cells {
  return [
    STATE_ICONS[row.state],
    fitPlain(row.serviceName, LONGEST_NAME) || EMPTY,
    fitPlain(row.jobName, LONGEST_NAME) || EMPTY,
    row.state,
    row.updatedAt === null ? EMPTY : formatTimeNear(row.updatedAt, timeZone, occurrence.businessDate),
    row.durationMs === null ? EMPTY : formatDuration(row.durationMs),
  ];
}

/** What the cells count towards Slack's limit for a table. */
export function lengthOf(cells: Cells): number {
  return cells.reduce((sum, cell) => sum + cell.length, 0);
}

export const HEADINGS_LENGTH = lengthOf(HEADINGS);

/** @param rows 1 to 99 */
export function tableBlock(rows: readonly Cells[]): TableBlock {
  const toRow = (cells: Cells) => cells.map((text) => ({ type: 'raw_text' as const, text }));
  return { type: 'table', column_settings: COLUMNS, rows: [toRow(HEADINGS), ...rows.map(toRow)] };
}

/** The same without a table: `❌ Service A · EOD Processing · failed · 00:41 · 15.0 s` */
export function toLine(cells: Cells): string {
  const [icon, ...others] = cells;
  return escapeMrkdwn(`${icon} ${others.filter((cell) => cell !== EMPTY).join(' · ')}`).replaceAll('`', 'ˋ');
}

export interface CompactLine {
  readonly text: string;
  /** How many rows it stands for. */
  readonly rows: number;
}

/** `❌ *Service A*: EOD Processing, Interest Accrual`: the services named once, to have room for as many jobs as can be. */
export function toCompactLines(rows: readonly TableRow[]): CompactLine[] {
  const lines: CompactLine[] = [];
  let head = '';
  for (const row of rows) {
    const ownHead = `${STATE_ICONS[row.state]} *${fitInline(row.serviceName, LONGEST_COMPACT_NAME)}*: `;
    const job = fitInline(row.jobName, LONGEST_COMPACT_NAME);
    const last = lines.at(-1);
    if (last !== undefined && ownHead === head && last.text.length + job.length + 2 <= LONGEST_COMPACT_LINE) {
      lines[lines.length - 1] = { text: `${last.text}, ${job}`, rows: last.rows + 1 };
    } else {
      lines.push({ text: `${ownHead}${job}`, rows: 1 });
      head = ownHead;
    }
  }
  return lines;
}
