import type { StatusTable } from '../../domain/windows/status-table';
import { LONGEST_CONTENT, packLines } from './slack-message';
import { HEADINGS_LENGTH, lengthOf, toCells, toCompactLines, type Cells } from './slack-table.rows';

/** A table block holds 100 rows with its header, and 10,000 characters over its cells (contracts/slack.md §6). */
const MOST_ROWS = 99;
const LONGEST_CELLS = 9_950 - HEADINGS_LENGTH;
/** Header, summary line, bar, footer and the sentence about what is not listed. */
const AROUND_TABLE = 800;
/** When not every problem finds room beside a full table, the table gives way: a line takes less than a row. */
const SHORTER_TABLES = [60, 30, 10];

/** The main message: the first rows as a table, and the failed and stale ones beyond them in short. */
export interface MainPage {
  readonly rows: readonly Cells[];
  readonly alsoProblems: readonly string[];
  /** Failed and stale ones that are neither in the table nor in short. */
  readonly unlistedProblems: number;
}

export interface Pages {
  readonly main: MainPage;
  /** Every row that is not in the main message's table, in order. */
  readonly continuations: readonly (readonly Cells[])[];
}

/** Shares the rows out over messages. Rows come problems first. */
export function paginate(table: StatusTable): Pages {
  const cells = table.rows.map((row) => toCells(row, table));
  const main = layOutMainPage(table, cells);
  const continuations: (readonly Cells[])[] = [];
  for (let from = main.rows.length; from < cells.length;) {
    const rows = cells.slice(from, from + fitting(cells, from));
    continuations.push(rows);
    from += rows.length;
  }
  return { main, continuations };
}

function layOutMainPage(table: StatusTable, cells: readonly Cells[]): MainPage {
  const most = fitting(cells, 0);
  const problems = table.counts.failed + table.counts.stale;
  if (problems <= most) return { rows: cells.slice(0, most), alsoProblems: [], unlistedProblems: 0 };
  let page = withProblemsInShort(table, cells.slice(0, most), problems);
  for (const length of SHORTER_TABLES.filter((shorter) => shorter < most)) {
    if (page.unlistedProblems === 0) break;
    page = withProblemsInShort(table, cells.slice(0, length), problems);
  }
  return page;
}

function withProblemsInShort(table: StatusTable, rows: readonly Cells[], problems: number): MainPage {
  const lines = toCompactLines(table.rows.slice(rows.length, problems));
  const taken = rows.reduce((sum, row) => sum + lengthOf(row), HEADINGS_LENGTH);
  const { texts, left } = packLines(
    lines.map((line) => line.text),
    LONGEST_CONTENT - AROUND_TABLE - taken,
  );
  const unlisted = lines.slice(lines.length - left).reduce((sum, line) => sum + line.rows, 0);
  return { rows, alsoProblems: texts, unlistedProblems: unlisted };
}

/** How many rows from `from` on go into one table; at least one. */
function fitting(cells: readonly Cells[], from: number): number {
  let length = 0;
  let count = 0;
  for (const row of cells.slice(from, from + MOST_ROWS)) {
    length += lengthOf(row);
    if (length > LONGEST_CELLS) break;
    count++;
  }
  return count;
}
