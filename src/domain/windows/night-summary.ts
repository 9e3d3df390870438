import type { StatusTable, TableRow } from './status-table';

/** The night in figures, posted once at its end. */
export interface NightSummary {
  readonly table: StatusTable;
  readonly total: number;
  /** Completed among those that ended, 0 to 1; `null` when none ended. */
  readonly successRate: number | null;
  readonly totalExecutionMs: number;
  readonly longest: TableRow | null;
  readonly firstStartAt: Date | null;
  readonly lastFinishAt: Date | null;
  readonly failed: readonly TableRow[];
  /** Silent ones included. */
  readonly stillRunning: readonly TableRow[];
  readonly neverStarted: readonly TableRow[];
  /** Every scheduler of the window completed, and there is at least one. */
  readonly allClear: boolean;
}

export function summarizeNight(table: StatusTable): NightSummary {
  const inState = (...states: readonly string[]) => table.rows.filter((row) => states.includes(row.state));
  const ended = inState('completed', 'failed');
  const { completed } = table.counts;
  return {
    table,
    total: table.rows.length,
    successRate: ended.length === 0 ? null : completed / ended.length,
    totalExecutionMs: ended.reduce((sum, row) => sum + (row.durationMs ?? 0), 0),
    longest: ended.reduce<TableRow | null>(
      (longest, row) => ((row.durationMs ?? -1) > (longest?.durationMs ?? -1) ? row : longest),
      null,
    ),
    firstStartAt: earliest(
      table.rows.map((row) => row.startedAt).filter((at) => at !== null && at >= table.occurrence.startsAt),
    ),
    lastFinishAt: latest(ended.map((row) => row.updatedAt)),
    failed: inState('failed'),
    stillRunning: inState('running', 'stale'),
    neverStarted: inState('pending'),
    allClear: table.rows.length > 0 && completed === table.rows.length,
  };
}

function earliest(instants: readonly (Date | null)[]): Date | null {
  return instants.reduce((first, at) => (at !== null && (first === null || at < first) ? at : first), null);
}

function latest(instants: readonly (Date | null)[]): Date | null {
  return instants.reduce((last, at) => (at !== null && (last === null || at > last) ? at : last), null);
}
