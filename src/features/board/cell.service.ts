import { Inject, Injectable } from '@nestjs/common';
import { findCell } from '../../domain/board/app-board';
import { Board, findApp } from '../../domain/board/board';
import type { BoardActor } from '../../domain/board/board-decision';
import { CanvasPublisher } from '../../domain/board/canvas-publisher';
import type { Cell, CellUpdate } from '../../domain/board/cell';
import { cellsWithAlertDue } from '../../domain/board/decide-board-checks';
import { decideCellUpdates, dedupKeysInPlay } from '../../domain/board/decide-cell-updates';
import { Clock } from '../../domain/shared/clock';
import { Metrics } from '../../platform/metrics/metrics';
import { BoardCheckLimits, BoardChecksService } from './board-checks.service';
import type { BoardChange, BoardsByApp } from './board-change';
import { BoardWriteService } from './board-write.service';

export interface CellReceipt {
  /** The cells as they stand afterwards, in the order of the updates; `null` for one that never had an update. */
  readonly cells: readonly (Cell | null)[];
  /** Whether what the updates changed will be seen on a canvas. */
  readonly canvasQueued: boolean;
}

/** Takes statuses for cells, from whoever pushes them. */
@Injectable()
export class CellService {
  constructor(
    @Inject(Board) private readonly board: Board,
    @Inject(CanvasPublisher) private readonly canvases: CanvasPublisher,
    @Inject(BoardCheckLimits) private readonly limits: BoardCheckLimits,
    @Inject(Clock) private readonly clock: Clock,
    private readonly boardWrites: BoardWriteService,
    private readonly checks: BoardChecksService,
    private readonly metrics: Metrics,
  ) {}

  /**
   * All or none. Resolves when they are durable, with their audit, and with whatever must be told and shown.
   * @param updates of configured cells
   * @throws InvalidTimestamp
   */
  async update(updates: readonly CellUpdate[], actor: BoardActor): Promise<CellReceipt> {
    const boards = await this.write(updates, actor);
    for (const { status } of updates) this.metrics.cellUpdates.inc({ status });
    for (const state of boards.values()) {
      if (cellsWithAlertDue(state).length > 0) void this.checks.trySettleAlerts(state.app);
    }
    const cellOf = ({ app, domain }: CellUpdate) => {
      const state = boards.get(app);
      return state === undefined ? null : findCell(state, domain);
    };
    return { cells: updates.map(cellOf), canvasQueued: this.isShown(updates) };
  }

  private write(updates: readonly CellUpdate[], actor: BoardActor): Promise<BoardsByApp> {
    const change: BoardChange = {
      apps: updates.map(({ app }) => app),
      actor,
      dedupKeys: (before) => dedupKeysInPlay(updates, before, this.quietSince()),
      decide: (before, circumstances) => decideCellUpdates(before, updates, circumstances),
    };
    const [update, ...others] = updates;
    const isOne = update !== undefined && others.length === 0;
    return this.checks.onceSettled(() =>
      isOne ? this.boardWrites.join(update.app, change) : this.boardWrites.write(change),
    );
  }

  private quietSince(): Date {
    return new Date(this.clock.now().getTime() - this.limits.idleMs);
  }

  private isShown(updates: readonly CellUpdate[]): boolean {
    if (this.canvases.state === 'disabled') return false;
    return updates.some(({ app }) => (findApp(this.board, app)?.channelIds.length ?? 0) > 0);
  }
}
