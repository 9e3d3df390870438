import type { StatusTable } from '../../domain/windows/status-table';
import {
  context,
  header,
  LONGEST_CONTENT,
  LONGEST_TEXT,
  packLines,
  section,
  type SlackBlock,
  type SlackMessage,
} from './slack-message';
import { paginate, type MainPage } from './slack-table.pages';
import { tableBlock, toLine, type Cells } from './slack-table.rows';
import { countsOf, footerOf, progressBar, scopeOf, titleOf } from './slack-table.words';
import { escapeMrkdwn } from './slack-text';

const NOTHING_TO_SHOW = 'No scheduler belongs to this window yet.';
/** What stands around the rows of a message without a table. */
const AROUND_ROWS = 900;

/** The table's messages: the main one, then its continuations. */
export function layOutTable(table: StatusTable): SlackMessage[] {
  const { main, continuations } = paginate(table);
  const parts = continuations.length + 1;
  return [
    layOutMain(table, main, parts),
    ...continuations.map((rows, index) => layOutPart(table, rows, `part ${index + 2} of ${parts}`)),
  ];
}

/** What a continuation says when the table got shorter. */
export function layOutEmptied(table: StatusTable): SlackMessage {
  const text = `${escapeMrkdwn(titleOf(table, 'EOD status'))}: nothing left to show here, the table got shorter`;
  return messageOf(text, [section(text), context(footerOf(table))], []);
}

function layOutMain(table: StatusTable, page: MainPage, parts: number): SlackMessage {
  const title = titleOf(table, 'EOD status');
  const summary = summaryOf(table);
  const end = context(
    [...(parts > 1 ? [`continued in the thread, ${parts} parts`] : []), footerOf(table)].join(' · '),
  );
  const also = alsoOf(page);
  const around = (rows: readonly SlackBlock[]) => [
    header(title),
    section(summary),
    ...rows,
    ...also.map(section),
    end,
  ];
  return messageOf(
    `${escapeMrkdwn(title)}: ${countsOf(table)}`,
    around(page.rows.length === 0 ? [section(NOTHING_TO_SHOW)] : [tableBlock(page.rows)]),
    page.rows,
    (rows) => around(rows.map(section)),
    lengthOfTexts(also),
  );
}

/** The failed and stale ones that found no room in the table. */
function alsoOf({ alsoProblems, unlistedProblems }: MainPage): readonly string[] {
  const beyond = `*… and ${unlistedProblems} more failed or stale*, in the thread from part 2 on`;
  const heading = alsoProblems.length === 0 ? [] : ['*Also failed or stale*'];
  return [...heading, ...alsoProblems, ...(unlistedProblems === 0 ? [] : [beyond])];
}

function layOutPart(table: StatusTable, rows: readonly Cells[], part: string): SlackMessage {
  const title = `${escapeMrkdwn(titleOf(table, 'EOD status'))} · ${part}`;
  const around = (middle: readonly SlackBlock[]) => [
    section(`*${title}*`),
    ...middle,
    context(footerOf(table)),
  ];
  return messageOf(title, around([tableBlock(rows)]), rows, (texts) => around(texts.map(section)));
}

function summaryOf(table: StatusTable): string {
  const scope = `*${scopeOf(table)}*`;
  return table.rows.length === 0 ? scope : `${scope}\n${progressBar(table)}\n${countsOf(table)}`;
}

/** The message with its plainer forms: rows as lines for when Slack refuses the table, then nothing but text. */
function messageOf(
  text: string,
  blocks: readonly SlackBlock[],
  rows: readonly Cells[],
  withLines: ((texts: readonly string[]) => readonly SlackBlock[]) | null = null,
  taken = 0,
): SlackMessage {
  const lines = rows.map(toLine);
  const short = fitted(lines, LONGEST_TEXT - text.length - 50);
  const textOnly: SlackMessage = { text: [text, ...short].join('\n'), blocks: [], fallback: null };
  if (withLines === null) return { text, blocks, fallback: textOnly };
  const long = fitted(lines, LONGEST_CONTENT - AROUND_ROWS - taken);
  return { text, blocks, fallback: { text, blocks: withLines(long), fallback: textOnly } };
}

function fitted(lines: readonly string[], budget: number): readonly string[] {
  const { texts, left } = packLines(lines, budget);
  return left === 0 ? texts : [...texts, `… and ${left} more rows`];
}

function lengthOfTexts(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
