import { displayWidth, padTo } from './display-width';

/** A table for a terminal: columns padded by what they take there, the first row set apart. */
export function textTable(rows: readonly (readonly string[])[], alignments: readonly unknown[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))),
  );
  const [head = '', ...body] = rows.map((row) =>
    widths.map((width, column) => padTo(row[column] ?? '', width, alignments[column])).join(' │ '),
  );
  return [head, widths.map((width) => '─'.repeat(width)).join('─┼─'), ...body];
}
