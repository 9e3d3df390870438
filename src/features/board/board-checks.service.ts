import { Inject, Injectable } from '@nestjs/common';
import { AlertRepository } from '../../domain/alerts/alert.repository';
import { lastUpdateOf, type AppBoard } from '../../domain/board/app-board';
import { Board, findApp } from '../../domain/board/board';
import { IDLE_DEDUP_KEY, staleDedupKey } from '../../domain/board/board-alerts';
import type { BoardActor } from '../../domain/board/board-decision';
import { BoardRepository } from '../../domain/board/board.repository';
import type { Cell, CellUpdate } from '../../domain/board/cell';
import {
  cellsWithAlertDue,
  decideDueAlerts,
  decideIdleness,
  decideStaleCells,
  firstCells,
  newlyStaleCells,
} from '../../domain/board/decide-board-checks';
import { AlertsStillDue, decideCellUpdates, dedupKeysOf } from '../../domain/board/decide-cell-updates';
import { Bell } from '../../domain/notifications/bell';
import { Clock } from '../../domain/shared/clock';
import { IdSource } from '../../domain/shared/id-source';
import { retryOnConflict } from '../../domain/shared/retry-on-conflict';
import { Log } from '../../platform/logging/log';
import { KeyedBatcher } from '../../platform/workers/keyed-batcher';
import { KeyedQueue } from '../../platform/workers/keyed-queue';
import type { BoardChange, BoardsByApp } from './board-change';
import { BoardWriteService } from './board-write.service';

/** For how long a cell may load, and the board be quiet. */
export interface BoardCheckLimits {
  readonly loadingTimeoutMs: number;
  readonly idleMs: number;
}

export const BoardCheckLimits = Symbol('BoardCheckLimits');

/** What nobody reports: that something takes too long, that nothing comes any more, and alerts that are still due. */
@Injectable()
export class BoardChecksService {
  private readonly settling: KeyedBatcher<null, null>;

  constructor(
    @Inject(Board) private readonly board: Board,
    @Inject(BoardCheckLimits) private readonly limits: BoardCheckLimits,
    @Inject(BoardRepository) private readonly boards: BoardRepository,
    @Inject(AlertRepository) private readonly alerts: AlertRepository,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdSource) private readonly ids: IdSource,
    @Inject(Bell) private readonly bell: Bell,
    @Inject(Log) private readonly log: Log,
    private readonly boardWrites: BoardWriteService,
  ) {
    this.settling = new KeyedBatcher({
      queue: new KeyedQueue(clock),
      most: Infinity,
      work: async (app, asked) => {
        await this.settleAlerts(app);
        return asked.map(() => ({ value: null }));
      },
    });
  }

  /** Marks and alerts the cells of an app that are `Loading` for too long. What is not configured any more is left alone: no push could end its alert. */
  async reviewLoading(app: string): Promise<void> {
    const domains = findApp(this.board, app)?.domains ?? [];
    const newlyStale = (state: AppBoard) =>
      newlyStaleCells(state, this.limits.loadingTimeoutMs, this.clock.now()).filter(({ domain }) =>
        domains.includes(domain),
      );
    await this.inSteps(app, newlyStale, {
      dedupKeys: (cells) => cells.map(({ domain }) => staleDedupKey(app, domain)),
      decide: decideStaleCells,
    });
  }

  /** Raises and resolves what had no room in the commit that caused it. */
  async settleAlerts(app: string): Promise<void> {
    await this.inSteps(app, cellsWithAlertDue, {
      dedupKeys: (cells) => dedupKeysOf(cells.map(({ domain }) => ({ app, domain }))),
      decide: decideDueAlerts,
    });
  }

  /** Does what is refused while alerts of an app are due: those are told first. */
  async onceSettled<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof AlertsStillDue)) throw error;
        await this.settleAlerts(error.app);
      }
    }
  }

  /** As {@link settleAlerts}, for whom nobody waits; once for all who ask meanwhile. Never rejects: what is due stays written down. */
  async trySettleAlerts(app: string): Promise<void> {
    await this.settling.join(app, null).catch((err: unknown) => {
      this.log.warn({ app, err }, 'alerts of the board were not raised yet; the next check will');
    });
  }

  /** Alerts when the whole board has gone quiet, and says when it has not any more. */
  async reviewIdleness(): Promise<void> {
    await retryOnConflict(this.clock, async () => {
      const now = this.clock.now();
      const watchedSince = await this.boards.recordWatch(now);
      const slot = await this.alerts.findSlot(IDLE_DEDUP_KEY);
      const lastUpdateAt = lastUpdateOf(await this.boards.listApps());
      const change = decideIdleness(lastUpdateAt, watchedSince, this.limits.idleMs, {
        board: this.board,
        slots: new Map([[IDLE_DEDUP_KEY, slot]]),
        actor: this.actor(),
        now,
        ids: this.ids,
      });
      if (change === null) return;
      await this.boards.recordAlert(change);
      this.bell.ring();
    });
  }

  /** Cells that are not configured any more are cleared: nobody will say `OK` of them, and their alerts would stay open. */
  async clearUnconfigured(): Promise<void> {
    for (const { app, cells } of await this.boards.listApps()) {
      const domains = findApp(this.board, app)?.domains ?? [];
      const left = cells.filter(({ domain, status }) => status !== 'Blank' && !domains.includes(domain));
      if (left.length > 0) await this.settleAlerts(app);
      for (const { domain } of left) await this.clear(app, domain);
    }
  }

  private async clear(app: string, domain: string): Promise<void> {
    const update: CellUpdate = {
      app,
      domain,
      status: 'Blank',
      jobId: null,
      message: 'not configured any more',
      server: null,
      timestamp: null,
    };
    await this.boardWrites.write({
      apps: [app],
      actor: this.actor(),
      dedupKeys: () => dedupKeysOf([update]),
      decide: (boards, circumstances) => decideCellUpdates(boards, [update], circumstances),
    });
  }

  /** As many cells at a time as one commit takes, until none is left. */
  private async inSteps(
    app: string,
    select: (state: AppBoard) => readonly Cell[],
    step: {
      readonly dedupKeys: (cells: readonly Cell[]) => readonly string[];
      readonly decide: typeof decideStaleCells;
    },
  ): Promise<void> {
    const chosen = (boards: BoardsByApp) => firstCells(select(boards.get(app) as AppBoard));
    const change: BoardChange = {
      apps: [app],
      actor: this.actor(),
      dedupKeys: (boards) => step.dedupKeys(chosen(boards)),
      decide: (boards, circumstances) => {
        const cells = chosen(boards);
        return cells.length === 0 ? null : step.decide(boards.get(app) as AppBoard, cells, circumstances);
      },
    };
    let left: number;
    do {
      left = select((await this.boardWrites.write(change)).get(app) as AppBoard).length;
    } while (left > 0);
  }

  private actor(): BoardActor {
    return { by: 'worker:board-checks', correlationId: this.ids.next() };
  }
}
