import type { Cell, CellUpdate, DatedUpdate } from './cell';

/** Without a job id nothing says that a push is the same one again, except that it comes this soon: a client's retries do. */
const REPEAT_WITHIN_MS = 60_000;

/** Clocks differ: a push that names no time is not to be taken for older than what it follows. */
export function dated(update: CellUpdate, cell: Cell | null, now: Date): DatedUpdate {
  const latestKnownMs = cell?.statusAt.getTime() ?? -Infinity;
  return { ...update, timestamp: update.timestamp ?? new Date(Math.max(now.getTime(), latestKnownMs)) };
}

/** What an update is to a cell. `repeated`: known already; `late`: something newer is known. */
export type UpdateKind = 'applied' | 'repeated' | 'late';

export function judgeUpdate(cell: Cell | null, update: DatedUpdate): UpdateKind {
  if (cell === null) return update.status === 'Blank' ? 'repeated' : 'applied';
  const leadMs = update.timestamp.getTime() - cell.statusAt.getTime();
  const same = cell.status === update.status && cell.jobId === update.jobId;
  if (same && (update.jobId !== null || Math.abs(leadMs) < REPEAT_WITHIN_MS)) return 'repeated';
  if (leadMs >= 0) return 'applied';
  return isOwnWord(cell, update) ? 'applied' : 'late';
}

/** The job's own word about its end, in a cell that was healed meanwhile. */
function isOwnWord(cell: Cell, { status, jobId, timestamp }: DatedUpdate): boolean {
  const ends = status === 'OK' || status === 'Warning';
  if (!cell.healed || !ends || jobId !== cell.jobId) return false;
  return cell.startedAt === null || timestamp.getTime() >= cell.startedAt.getTime();
}

/**
 * The cell after an update that applies.
 * @param jobBegan when the job of the update began, as the app's jobs know it
 */
export function nextCell(
  before: Cell | null,
  update: DatedUpdate,
  now: Date,
  jobBegan: Date | null = null,
): Cell {
  const goesOn = before !== null && isSameJob(before, update);
  const stillLoads = goesOn && before.status === 'Loading' && update.status === 'Loading';
  const startedAt = startOf(goesOn ? before : null, update, jobBegan);
  const ends = update.status === 'OK' || update.status === 'Warning';
  return {
    domain: update.domain,
    status: update.status,
    jobId: update.jobId,
    message: update.message,
    server: update.server ?? (goesOn ? before.server : null),
    statusAt: update.timestamp,
    receivedAt: now,
    startedAt,
    durationMs: ends && startedAt !== null ? update.timestamp.getTime() - startedAt.getTime() : null,
    stale: stillLoads && before.stale,
    unknownSince: null,
    healed: false,
    polledSince: null,
    alertDue: null,
  };
}

/** @param run the cell as it was, if the update is about the same job */
function startOf(run: Cell | null, { status, timestamp }: DatedUpdate, jobBegan: Date | null): Date | null {
  if (status === 'Blank') return null;
  // Without an id nothing tells a job that says `Loading` twice from two jobs; the earlier begin cannot hide one that hangs.
  if (status === 'Loading') return run?.status === 'Loading' ? run.startedAt : timestamp;
  const startedAt = run?.startedAt ?? jobBegan;
  return startedAt !== null && startedAt.getTime() <= timestamp.getTime() ? startedAt : null;
}

function isSameJob(before: Cell, { jobId }: DatedUpdate): boolean {
  return before.status !== 'Blank' && before.jobId === jobId;
}
