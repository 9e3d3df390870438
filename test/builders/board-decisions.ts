import { emptyAppBoard, type AppBoard } from '../../src/domain/board/app-board';
import type { BoardCircumstances, BoardDecision } from '../../src/domain/board/board-decision';
import type { CellUpdate } from '../../src/domain/board/cell';
import { decideCellUpdates } from '../../src/domain/board/decide-cell-updates';
import { boardCircumstances } from './board-circumstances';

/** An update that is being said. */
export interface SaidUpdate {
  build(): CellUpdate;
}

/** The same, without a time of its own. */
export function undated(said: SaidUpdate): SaidUpdate {
  return { build: () => ({ ...said.build(), timestamp: null }) };
}

/**
 * What updates do to the apps as they are known; an app that is not among them never had an update.
 * @param fields what of the circumstances is not usual
 */
export function decideOn(
  now: Date,
  known: readonly AppBoard[],
  said: readonly SaidUpdate[],
  fields: Partial<BoardCircumstances> = {},
): BoardDecision | null {
  const updates = said.map((one) => one.build());
  const apps = updates.map(({ app }) => emptyAppBoard(app));
  const boards = new Map([...apps, ...known].map((board) => [board.app, board]));
  return decideCellUpdates(boards, updates, boardCircumstances(now, updates, fields));
}

/** As {@link decideOn}, of what is to be written. @throws Error when nothing is */
export function decidedOn(...args: Parameters<typeof decideOn>): BoardDecision {
  const decision = decideOn(...args);
  if (decision === null) throw new Error('nothing was decided');
  return decision;
}
