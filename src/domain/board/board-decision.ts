import type { AlertChange } from '../alerts/alert-change';
import type { AlertSlot } from '../alerts/alert';
import type { Cause } from '../alerts/raise-alert';
import type { IdSource } from '../shared/id-source';
import type { AppBoard } from './app-board';
import type { Board } from './board';
import type { BoardAudit } from './board-audit';

/** Everything that follows from one write to the board, to be written all or none. */
export interface BoardDecision {
  /** As they stand afterwards; each version is one above the version read. */
  readonly boards: readonly AppBoard[];
  readonly audits: readonly BoardAudit[];
  /** At most `MOST_ALERTS_AT_ONCE`. */
  readonly alertChanges: readonly AlertChange[];
}

/** Who causes a change of the board. */
export interface BoardActor {
  /** API key or worker. */
  readonly by: string;
  readonly correlationId: string;
}

/** What a decision about the board is made from, besides the boards themselves. */
export interface BoardCircumstances {
  readonly board: Board;
  /** Alert slots by dedup key, of every alert that the decision may raise or resolve; of one that is not among them nothing is open. */
  readonly slots: ReadonlyMap<string, AlertSlot>;
  readonly actor: BoardActor;
  readonly now: Date;
  readonly ids: IdSource;
}

export function causeOf({ actor, now, ids }: BoardCircumstances): Cause {
  return { by: actor.by, now, ids };
}

/** @throws TypeError when the caller did not read the slot: a decision on an empty one could never be written */
export function slotOf({ slots }: BoardCircumstances, dedupKey: string): AlertSlot {
  const slot = slots.get(dedupKey);
  if (slot === undefined) throw new TypeError(`the alert slot ${dedupKey} was not read`);
  return slot;
}
