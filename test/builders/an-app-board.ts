import { emptyAppBoard, withCell, type AppBoard } from '../../src/domain/board/app-board';
import type { Cell } from '../../src/domain/board/cell';
import type { EpmJob } from '../../src/domain/board/epm-job';

const NOON = new Date('2026-03-02T12:00:00.000Z');

/** An app as it stands; say only what matters: `anAppBoard('Planning').withCell(aCell('Actual', { status: 'Loading' })).build()`. */
export function anAppBoard(app = 'Planning'): AppBoardBuilder {
  return new AppBoardBuilder(app);
}

/** A cell that is OK since noon under a job of which nothing else is known. */
export function aCell(domain = 'Actual', fields: Partial<Cell> = {}): Cell {
  return {
    domain,
    status: 'OK',
    jobId: 'JOB_1',
    message: null,
    server: null,
    statusAt: NOON,
    receivedAt: fields.statusAt ?? NOON,
    startedAt: null,
    durationMs: null,
    stale: false,
    unknownSince: null,
    healed: false,
    polledSince: null,
    alertDue: null,
    ...fields,
  };
}

/** A job that began and ended at noon. */
export function aJob(jobId = 'JOB_1', fields: Partial<EpmJob> = {}): EpmJob {
  return { jobId, status: 'OK', startedAt: NOON, completedAt: NOON, openDomains: [], ...fields };
}

class AppBoardBuilder {
  private board: AppBoard;

  constructor(app: string) {
    this.board = { ...emptyAppBoard(app), lastUpdateAt: NOON, version: 1 };
  }

  withCell(...cells: readonly Cell[]): this {
    this.board = cells.reduce(withCell, this.board);
    return this;
  }

  withJob(...jobs: readonly EpmJob[]): this {
    return this.with({ jobs: [...this.board.jobs, ...jobs] });
  }

  with(fields: Partial<AppBoard>): this {
    this.board = { ...this.board, ...fields };
    return this;
  }

  build(): AppBoard {
    return this.board;
  }
}
