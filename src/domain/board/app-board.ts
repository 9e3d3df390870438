import type { Cell } from './cell';
import type { EpmJob } from './epm-job';

/** One app of the board as it stands: what changes together. Immutable. */
export interface AppBoard {
  readonly app: string;
  /** Cells that ever had an update, in no order. */
  readonly cells: readonly Cell[];
  /** The newest jobs, newest last. */
  readonly jobs: readonly EpmJob[];
  /** Server time of the last sign of life, late updates included; a push that says nothing new moves it now and then. `null` before the first. */
  readonly lastUpdateAt: Date | null;
  /**
   * 0 while nothing was ever stored. It is also the durable mark that its canvases have to be written: each of them knows the version that it shows
   * ({@link CanvasRecord}).
   */
  readonly version: number;
}

export function emptyAppBoard(app: string): AppBoard {
  return { app, cells: [], jobs: [], lastUpdateAt: null, version: 0 };
}

export function findCell(board: AppBoard, domain: string): Cell | null {
  return board.cells.find((cell) => cell.domain === domain) ?? null;
}

export function withCell(board: AppBoard, cell: Cell): AppBoard {
  const others = board.cells.filter(({ domain }) => domain !== cell.domain);
  return { ...board, cells: [...others, cell] };
}

/** When anything was last heard of any of the apps; `null` when nothing ever was. */
export function lastUpdateOf(boards: readonly AppBoard[]): Date | null {
  return latest(boards.map(({ lastUpdateAt }) => lastUpdateAt).filter((at) => at !== null));
}

/** When a cell of any of the apps last changed; `null` when none ever did. */
export function lastChangeOf(boards: readonly AppBoard[]): Date | null {
  return latest(boards.flatMap(({ cells }) => cells.map(({ receivedAt }) => receivedAt)));
}

function latest(instants: readonly Date[]): Date | null {
  return instants.length === 0 ? null : new Date(Math.max(...instants.map((at) => at.getTime())));
}
