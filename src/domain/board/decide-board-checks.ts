import type { AlertChange } from '../alerts/alert-change';
import { raiseAlert, resolveAlert } from '../alerts/raise-alert';
import { withCell, type AppBoard } from './app-board';
import { IDLE_DEDUP_KEY, idleCandidate, loadingSince, staleCandidate, staleDedupKey } from './board-alerts';
import { causeOf, slotOf, type BoardCircumstances, type BoardDecision } from './board-decision';
import type { Cell } from './cell';
import { alertChangesOf } from './decide-cell-updates';

/** Each cell may change two alerts; an app is reviewed in as many commits as it takes. */
const CELLS_AT_ONCE = 2;

/** Cells that are `Loading` for longer than the limit, of which nobody was told yet. */
export function newlyStaleCells(board: AppBoard, limitMs: number, now: Date): readonly Cell[] {
  return board.cells.filter(
    (cell) =>
      cell.status === 'Loading' && !cell.stale && now.getTime() - loadingSince(cell).getTime() > limitMs,
  );
}

/** Cells whose alert did not fit into the commit of their status. */
export function cellsWithAlertDue(board: AppBoard): readonly Cell[] {
  return board.cells.filter(({ alertDue }) => alertDue !== null);
}

/** The cells out of these that one commit takes. */
export function firstCells(cells: readonly Cell[]): readonly Cell[] {
  return cells.slice(0, CELLS_AT_ONCE);
}

/** Marks cells as stale and alerts once for each; they stay `Loading`. */
export function decideStaleCells(
  board: AppBoard,
  cells: readonly Cell[],
  circumstances: BoardCircumstances,
): BoardDecision {
  const { now, actor } = circumstances;
  const alertChanges = cells.map((cell) =>
    raiseAlert(
      slotOf(circumstances, staleDedupKey(board.app, cell.domain)),
      staleCandidate(circumstances.board, board.app, cell, now, actor.correlationId),
      causeOf(circumstances),
    ),
  );
  return decisionOf(
    board,
    cells.map((cell) => ({ ...cell, stale: true })),
    alertChanges,
  );
}

/** Raises or resolves what was left due, in the name of who caused it. */
export function decideDueAlerts(
  board: AppBoard,
  cells: readonly Cell[],
  circumstances: BoardCircumstances,
): BoardDecision {
  const alertChanges = cells.flatMap((cell) =>
    alertChangesOf(
      board.app,
      cell,
      { ...circumstances, actor: cell.alertDue ?? circumstances.actor },
      cell.status === 'Loading' ? (cell.alertDue?.said ?? null) : cell,
    ),
  );
  return decisionOf(
    board,
    cells.map((cell) => ({ ...cell, alertDue: null })),
    alertChanges,
  );
}

/**
 * Whether the board as a whole has gone quiet, or has not any more.
 * @param lastUpdateAt of all apps
 * @param watchedSince when the board was first looked at: a board that never had an update is quiet since then
 * @returns `null` when there is nothing new to tell
 */
export function decideIdleness(
  lastUpdateAt: Date | null,
  watchedSince: Date,
  limitMs: number,
  circumstances: BoardCircumstances,
): AlertChange | null {
  const { board, now, actor } = circumstances;
  const slot = slotOf(circumstances, IDLE_DEDUP_KEY);
  const quietMs = now.getTime() - (lastUpdateAt ?? watchedSince).getTime();
  if (quietMs <= limitMs) return resolveAlert(slot, 'updates arrive again', causeOf(circumstances));
  if (slot.open !== null) return null;
  return raiseAlert(
    slot,
    idleCandidate(board, lastUpdateAt, quietMs, actor.correlationId),
    causeOf(circumstances),
  );
}

function decisionOf(
  board: AppBoard,
  cells: readonly Cell[],
  alertChanges: readonly AlertChange[],
): BoardDecision {
  const next = cells.reduce(withCell, board);
  return { boards: [{ ...next, version: board.version + 1 }], audits: [], alertChanges };
}
