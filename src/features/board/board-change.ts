import type { AppBoard } from '../../domain/board/app-board';
import type { BoardActor, BoardCircumstances, BoardDecision } from '../../domain/board/board-decision';

export type BoardsByApp = ReadonlyMap<string, AppBoard>;

/** A change of the board that is decided on what is stored. */
export interface BoardChange {
  /** The apps it is about. */
  readonly apps: readonly string[];
  readonly actor: BoardActor;
  /** Dedup keys of the alerts it may change; asked anew whenever the boards were read anew. */
  readonly dedupKeys: (boards: BoardsByApp) => readonly string[];
  /** @returns `null` when there is nothing to write */
  readonly decide: (boards: BoardsByApp, circumstances: BoardCircumstances) => BoardDecision | null;
}
