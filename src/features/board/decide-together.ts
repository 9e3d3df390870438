import type { AppBoard } from '../../domain/board/app-board';
import type { BoardCircumstances, BoardDecision } from '../../domain/board/board-decision';
import type { Outcome } from '../../platform/workers/keyed-batcher';
import type { BoardChange } from './board-change';

export interface JointDecision {
  /** Of the changes from the first on, in their order; at least one: the app as it stands after each. Those behind have to be decided on what is stored then. */
  readonly outcomes: readonly Outcome<AppBoard>[];
  /** All of them as one write; `null` when there is nothing to write. */
  readonly decision: BoardDecision | null;
}

/**
 * Decides changes of one app one on top of the other, to be written by one commit with one version. Each keeps its own audit record, and one that is refused does
 * not hold up the others. A change that touches an alert is the last: the next must see what it made of the slot. So is one that needs a slot nobody has read.
 * @param changes at least one
 * @param circumstances with every slot that the changes may touch as the app stands before them
 */
export function decideTogether(
  before: AppBoard,
  changes: readonly BoardChange[],
  circumstances: Omit<BoardCircumstances, 'actor'>,
): JointDecision {
  const outcomes: Outcome<AppBoard>[] = [];
  const made: BoardDecision[] = [];
  let board = before;
  for (const change of changes) {
    const boards = new Map([[board.app, board]]);
    if (outcomes.length > 0 && !isRead(change.dedupKeys(boards), circumstances)) break;
    try {
      const decision = change.decide(boards, { ...circumstances, actor: change.actor });
      const after = decision?.boards[0] ?? board;
      outcomes.push({ value: after });
      if (decision === null) continue;
      made.push(decision);
      if (decision.alertChanges.length > 0) break;
      // The next one is decided on it as if both were one: they become one version.
      board = { ...after, version: before.version };
    } catch (error) {
      outcomes.push({ error });
    }
  }
  const last = made.at(-1);
  const decision = last === undefined ? null : { ...last, audits: made.flatMap(({ audits }) => audits) };
  return { outcomes, decision };
}

function isRead(dedupKeys: readonly string[], { slots }: Pick<BoardCircumstances, 'slots'>): boolean {
  return dedupKeys.every((key) => slots.has(key));
}
