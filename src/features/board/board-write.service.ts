import { Inject, Injectable } from '@nestjs/common';
import { AlertRepository } from '../../domain/alerts/alert.repository';
import type { AlertSlot } from '../../domain/alerts/alert';
import type { AppBoard } from '../../domain/board/app-board';
import { Board } from '../../domain/board/board';
import type { BoardDecision } from '../../domain/board/board-decision';
import { BoardRepository } from '../../domain/board/board.repository';
import { CanvasBell } from '../../domain/board/canvas-bell';
import { Bell } from '../../domain/notifications/bell';
import { Clock } from '../../domain/shared/clock';
import { IdSource } from '../../domain/shared/id-source';
import { retryOnConflict } from '../../domain/shared/retry-on-conflict';
import { KeyedBatcher, type Outcome } from '../../platform/workers/keyed-batcher';
import { KeyedQueue } from '../../platform/workers/keyed-queue';
import type { BoardChange, BoardsByApp } from './board-change';
import { decideTogether } from './decide-together';

/** Most changes of one commit. Each brings an audit record of at most 2 KB; a transaction takes 100 items. */
const MOST_TOGETHER = 25;

/** Reads, decides and writes changes of the board; whoever changes it does so here. */
@Injectable()
export class BoardWriteService {
  /** Changes of one app in this process do not race each other; those of other instances are told apart by version. */
  private readonly queue: KeyedQueue;
  private readonly joined: KeyedBatcher<BoardChange, AppBoard>;

  constructor(
    @Inject(Board) private readonly board: Board,
    @Inject(BoardRepository) private readonly boards: BoardRepository,
    @Inject(AlertRepository) private readonly alerts: AlertRepository,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdSource) private readonly ids: IdSource,
    @Inject(Bell) private readonly bell: Bell,
    @Inject(CanvasBell) private readonly canvasBell: CanvasBell,
  ) {
    this.queue = new KeyedQueue(clock);
    this.joined = new KeyedBatcher({
      queue: this.queue,
      most: MOST_TOGETHER,
      work: (app, changes) => retryOnConflict(clock, () => this.attemptTogether(app, changes)),
    });
  }

  /**
   * Resolves when the change and all that follows from it are durable.
   * @returns the boards as they stand afterwards, by app
   */
  write(change: BoardChange): Promise<BoardsByApp> {
    // In one order everywhere: two changes of several apps cannot wait for each other.
    const apps = [...new Set(change.apps)].toSorted();
    const attempt = () => retryOnConflict(this.clock, () => this.attempt(apps, change));
    return apps.reduceRight((work, app) => () => this.queue.run(app, work), attempt)();
  }

  /**
   * As {@link write}, for a change of one cell: those that wait for the same turn are read and written together, so that an app takes as many pushes as come
   * in the time of one commit, and not one.
   */
  async join(app: string, change: BoardChange): Promise<BoardsByApp> {
    return new Map([[app, await this.joined.join(app, change)]]);
  }

  private async attempt(apps: readonly string[], change: BoardChange): Promise<BoardsByApp> {
    const found = await this.boards.findApps(apps);
    const before = new Map(found.map((board) => [board.app, board]));
    const decision = change.decide(before, {
      ...(await this.circumstances(change.dedupKeys(before))),
      actor: change.actor,
    });
    if (decision === null) return before;
    await this.record(decision);
    return new Map([...before, ...decision.boards.map((board) => [board.app, board] as const)]);
  }

  private async attemptTogether(
    app: string,
    changes: readonly BoardChange[],
  ): Promise<readonly Outcome<AppBoard>[]> {
    const [before] = await this.boards.findApps([app]);
    if (before === undefined) throw new TypeError(`the board of app ${app} was not read`);
    const boards = new Map([[app, before]]);
    const dedupKeys = new Set(changes.flatMap(({ dedupKeys: keysOf }) => keysOf(boards)));
    const { outcomes, decision } = decideTogether(before, changes, await this.circumstances([...dedupKeys]));
    if (decision !== null) await this.record(decision);
    return outcomes;
  }

  private async circumstances(dedupKeys: readonly string[]) {
    const slots = await this.alerts.findSlots(dedupKeys);
    return {
      board: this.board,
      slots: new Map(slots.map((slot): [string, AlertSlot] => [slot.dedupKey, slot])),
      now: this.clock.now(),
      ids: this.ids,
    };
  }

  private async record(decision: BoardDecision): Promise<void> {
    await this.boards.record(decision);
    this.canvasBell.ring();
    if (decision.alertChanges.length > 0) this.bell.ring();
  }
}
