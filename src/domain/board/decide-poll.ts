import type { AppBoard } from './app-board';
import { loadingSince } from './board-alerts';
import type { Cell, CellUpdate } from './cell';
import type { EpmAnswer } from './epm-gateway';

/** What follows for a cell from what EPM answered about its job. */
export type PollDecision =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'update'; readonly update: CellUpdate }
  /** Only what is remembered of the job changes. */
  | { readonly kind: 'unknown_since'; readonly since: Date | null };

export interface PollLimits {
  /** A cell that is `Loading` for longer is not asked for any more. */
  readonly longestMs: number;
  /** An answer that says nothing may be repeated for this long. */
  readonly unknownMs: number;
}

export const PollLimits = Symbol('PollLimits');

/** Oracle does not say how long an unknown status may last; a pod's restart takes up to an hour, an answer of a pod that is up settles in minutes. */
export const UNKNOWN_LASTS_MS = 15 * 60_000;

const LONGEST_MESSAGE = 200;

/** `now` is when the answer came. The cell must still be `Loading` under the same job when it is applied: a push that came meanwhile wins. */
export function decidePoll(
  app: string,
  cell: Cell,
  answer: EpmAnswer,
  limits: PollLimits,
  now: Date,
): PollDecision {
  const end = endOf(answer);
  if (end !== null) return update(end.status, end.message);
  if (now.getTime() - loadingSince(cell).getTime() > limits.longestMs)
    return update('Warning', `polling gave up: ${lastWord(answer)}`);
  if (!isUnknown(answer)) {
    const answered = answer.kind === 'state';
    return answered && cell.unknownSince !== null
      ? { kind: 'unknown_since', since: null }
      : { kind: 'nothing' };
  }
  if (cell.unknownSince === null) return { kind: 'unknown_since', since: now };
  if (now.getTime() - cell.unknownSince.getTime() <= limits.unknownMs) return { kind: 'nothing' };
  return update('Warning', `EPM gives no usable answer about the job: ${lastWord(answer)}`);

  function update(status: 'OK' | 'Warning', message: string | null): PollDecision {
    const { domain, jobId, server } = cell;
    const cut = message === null ? null : cutTo(message, LONGEST_MESSAGE);
    // Not before the begin, which another clock may have told.
    const timestamp = new Date(Math.max(now.getTime(), cell.statusAt.getTime()));
    return { kind: 'update', update: { app, domain, status, jobId, message: cut, timestamp, server } };
  }
}

/** Whether the cell waits for the end of the very job that was asked about. */
export function stillWaits(cell: Cell | null, jobId: string): cell is Cell {
  return cell !== null && cell.status === 'Loading' && cell.jobId === jobId;
}

/** Remembers since when EPM gives no usable answer. It is no change that anybody sees. */
export function withUnknownSince(board: AppBoard, cell: Cell, since: Date | null): AppBoard {
  const others = board.cells.filter(({ domain }) => domain !== cell.domain);
  return { ...board, cells: [...others, { ...cell, unknownSince: since }], version: board.version + 1 };
}

function endOf(
  answer: EpmAnswer,
): { readonly status: 'OK' | 'Warning'; readonly message: string | null } | null {
  if (answer.kind !== 'state') return null;
  switch (answer.state) {
    case 'succeeded':
      return { status: 'OK', message: answer.text };
    case 'failed':
      return { status: 'Warning', message: answer.text ?? `the job failed (EPM status ${answer.code})` };
    case 'cancelled':
      return { status: 'Warning', message: answer.text ?? 'the job was cancelled' };
    case 'running':
    case 'unknown':
      return null;
  }
}

function isUnknown(answer: EpmAnswer): boolean {
  return answer.kind === 'not_found' || (answer.kind === 'state' && answer.state === 'unknown');
}

function lastWord(answer: EpmAnswer): string {
  switch (answer.kind) {
    case 'state':
      return answer.text ?? `status ${answer.code}`;
    case 'not_found':
      return answer.text ?? 'the job is not known there';
    case 'unreachable':
    case 'unauthorized':
      return answer.error;
  }
}

function cutTo(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}
