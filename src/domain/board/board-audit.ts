import type { CellStatus } from './cell';

/** Every change that one write made to one app's cells. Immutable, kept until its retention ends. */
export interface BoardAudit {
  readonly id: string;
  readonly app: string;
  /** Server time. */
  readonly at: Date;
  /** API key or worker that caused it. */
  readonly by: string;
  readonly correlationId: string;
  /** Never empty; in the order in which they were made. */
  readonly changes: readonly CellChange[];
}

export interface CellChange {
  readonly domain: string;
  readonly from: CellStatus;
  readonly to: CellStatus;
  /** Whether it became the cell's status; `false` for a late event. */
  readonly applied: boolean;
  readonly jobId: string | null;
  readonly message: string | null;
  /** Event time. */
  readonly timestamp: Date;
}

/** Sorts the audit of one app by time, then id; also the place where a page ends. */
export function auditSortKey({ at, id }: Pick<BoardAudit, 'at' | 'id'>): string {
  return `${at.toISOString()}#${id}`;
}
