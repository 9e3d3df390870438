import { Alignment } from './document';

const DELIMITER_CELL = /^:?-+:?$/;

/**
 * The cells of a table row as written, trimmed, with `\|` turned into `|` (a backslash hides the pipe also inside code).
 * Pairs of backslash and character are read from the left, so a pipe after two backslashes ends the cell.
 */
export function splitRow(line: string): string[] {
  const cells: string[] = [];
  let cell = '';
  for (const [token] of line.trim().matchAll(/\\[\\|]|[\s\S]/g)) {
    if (token === '|') {
      cells.push(cell);
      cell = '';
    } else cell += showPipes(token);
  }
  cells.push(cell);
  if (cells.length > 1 && cells[0]?.trim() === '') cells.shift();
  if (cells.length > 1 && cells.at(-1)?.trim() === '' && endsWithPipe(line)) cells.pop();
  return cells.map((text) => text.trim());
}

/** Turns `\|` into `|`, as reading a row does. */
export function showPipes(text: string): string {
  return text.replace(/\\([\\|])/g, (pair, character: string) => (character === '|' ? '|' : pair));
}

/** The row of these cells; `splitRow` reads them from it again. */
export function joinRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function endsWithPipe(line: string): boolean {
  const backslashes = /(\\*)\|$/.exec(line.trim())?.[1];
  return backslashes !== undefined && backslashes.length % 2 === 0;
}

/** The columns' alignments if the line sets a table's heading apart, else `null`. */
export function readDelimiterRow(line: string | undefined): Alignment[] | null {
  if (line === undefined || !line.includes('-') || !/^[\s|:-]+$/.test(line)) return null;
  const cells = splitRow(line);
  if (!cells.every((cell) => DELIMITER_CELL.test(cell))) return null;
  return cells.map((cell) => {
    if (cell.startsWith(':')) return cell.endsWith(':') && cell.length > 1 ? 'center' : 'left';
    return cell.endsWith(':') ? 'right' : null;
  });
}
