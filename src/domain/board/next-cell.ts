import type { Cell, CellUpdate } from './cell';

/** A reporter's clock may be this far ahead of ours, as for schedulers. */
export const LARGEST_CLOCK_LEAD_MS = 5 * 60_000;

/** Without a job id nothing says that a push is the same one again, except that it comes this soon: a client's retries do. */
const REPEAT_WITHIN_MS = 60_000;

/** What an update is to a cell. `repeated`: known already; `late`: something newer is known. */
export type UpdateKind = 'applied' | 'repeated' | 'late';

export function judgeUpdate(cell: Cell | null, update: CellUpdate): UpdateKind {
  if (cell === null) return update.status === 'Blank' ? 'repeated' : 'applied';
  const leadMs = update.timestamp.getTime() - cell.statusAt.getTime();
  const same = cell.status === update.status && cell.jobId === update.jobId;
  if (same && (update.jobId !== null || Math.abs(leadMs) < REPEAT_WITHIN_MS)) return 'repeated';
  return leadMs < 0 ? 'late' : 'applied';
}

/** The cell after an update that applies. */
export function nextCell(before: Cell | null, update: CellUpdate, now: Date): Cell {
  const startedAt = startOf(before, update);
  const ends = update.status === 'OK' || update.status === 'Warning';
  return {
    domain: update.domain,
    status: update.status,
    jobId: update.jobId,
    message: update.message,
    server: update.server ?? (isSameJob(before, update) ? (before?.server ?? null) : null),
    statusAt: update.timestamp,
    receivedAt: now,
    startedAt,
    durationMs: ends && startedAt !== null ? update.timestamp.getTime() - startedAt.getTime() : null,
    stale: false,
    unknownSince: null,
    alertDue: null,
  };
}

function startOf(before: Cell | null, update: CellUpdate): Date | null {
  if (update.status === 'Blank') return null;
  // A job that says `Loading` again has begun anew.
  if (update.status === 'Loading') return update.timestamp;
  return before !== null && isSameJob(before, update) ? before.startedAt : null;
}

function isSameJob(before: Cell | null, { jobId }: CellUpdate): boolean {
  return before !== null && before.status !== 'Blank' && before.jobId === jobId;
}
