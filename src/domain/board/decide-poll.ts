import { findCell, withCell, type AppBoard } from './app-board';
import type { BoardDecision } from './board-decision';
import type { Cell, CellUpdate } from './cell';
import type { EpmAnswer } from './epm-gateway';

/** What follows for a cell from what EPM answered about its job. */
export type PollDecision =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'update'; readonly update: CellUpdate }
  /** Only what is remembered of the polling changes. */
  | { readonly kind: 'remember'; readonly polledSince: Date; readonly unknownSince: Date | null };

export interface PollLimits {
  /** A job that was asked about for longer is given up. */
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
  // From the first question on: while Vesper was down nobody asked, and that is no fault of the job's.
  const polledSince = cell.polledSince ?? now;
  if (now.getTime() - polledSince.getTime() > limits.longestMs)
    return update('Warning', `polling gave up: ${lastWord(answer)}`);
  const unknownSince = sinceWhenUnknown(cell, answer, now);
  if (unknownSince !== null && now.getTime() - unknownSince.getTime() > limits.unknownMs)
    return update('Warning', `EPM gives no usable answer about the job: ${lastWord(answer)}`);
  const isKnown = cell.polledSince !== null && cell.unknownSince?.getTime() === unknownSince?.getTime();
  return isKnown ? { kind: 'nothing' } : { kind: 'remember', polledSince, unknownSince };

  function update(status: 'OK' | 'Warning', message: string | null): PollDecision {
    const { domain, jobId, server } = cell;
    const cut = message === null ? null : cutTo(message, LONGEST_MESSAGE);
    return { kind: 'update', update: { app, domain, status, jobId, message: cut, timestamp: null, server } };
  }
}

/** Whether the cell waits for the end of the very run of the job that was asked about. */
export function stillWaits(cell: Cell | null, jobId: string, loadingSinceThen: Date): cell is Cell {
  if (cell === null || cell.status !== 'Loading' || cell.jobId !== jobId) return false;
  return cell.statusAt.getTime() === loadingSinceThen.getTime();
}

/** Remembers since when EPM is asked, and since when it gives no usable answer. It is no change that anybody sees. */
export function withPollingRemembered(
  board: AppBoard,
  cell: Cell,
  remembered: Pick<Cell, 'polledSince' | 'unknownSince'>,
): AppBoard {
  return { ...withCell(board, { ...cell, ...remembered }), version: board.version + 1 };
}

/** Marks what EPM was found to say: the job's own push knows better. */
export function asHealed(decision: BoardDecision, domain: string): BoardDecision {
  const boards = decision.boards.map((board) => {
    const cell = findCell(board, domain);
    return cell === null ? board : withCell(board, { ...cell, healed: true });
  });
  return { ...decision, boards };
}

/** An answer that tells nothing of the job neither begins nor ends it. */
function sinceWhenUnknown(cell: Cell, answer: EpmAnswer, now: Date): Date | null {
  if (isUnknown(answer)) return cell.unknownSince ?? now;
  return answer.kind === 'state' ? null : cell.unknownSince;
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
