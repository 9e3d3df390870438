import type { Measured } from './rounds';

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  /** What the specification asks for; `null`: a figure for information. */
  readonly aim: string | null;
  readonly met: boolean | null;
  /** The plain numbers, for `--json`. */
  readonly figures: Readonly<Record<string, number | null>>;
}

export function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(0)} %`;
}

export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')}/s`;
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`;
}

export function speedOf({ requestsPerSecond, p50Ms, p99Ms, cpuUs }: Measured): string {
  const cpu = cpuUs === null ? '' : ` · ${cpuUs.toFixed(0)} µs CPU`;
  return `${perSecond(requestsPerSecond)} · p50 ${ms(p50Ms)} · p99 ${ms(p99Ms)}${cpu}`;
}

export function figuresOf({ requestsPerSecond, p50Ms, p99Ms, cpuUs }: Measured): Row['figures'] {
  return { requestsPerSecond, p50Ms, p99Ms, cpuUs };
}

const MARKS = { met: 'ok', missed: 'SHORT', information: '' } as const;

/** The table as text. */
export function toText(rows: readonly Row[]): string {
  const cells = [
    ['what', 'measured', 'aim', ''],
    ...rows.map(({ what, measured, aim, met }) => [
      what,
      measured,
      aim ?? '',
      met === null ? MARKS.information : met ? MARKS.met : MARKS.missed,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}
