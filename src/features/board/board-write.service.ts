import { Inject, Injectable } from '@nestjs/common';
import { AlertRepository } from '../../domain/alerts/alert.repository';
import type { AlertSlot } from '../../domain/alerts/alert';
import type { AppBoard } from '../../domain/board/app-board';
import { Board } from '../../domain/board/board';
import type { BoardActor, BoardCircumstances, BoardDecision } from '../../domain/board/board-decision';
import { BoardRepository } from '../../domain/board/board.repository';
import { CanvasBell } from '../../domain/board/canvas-bell';
import { Bell } from '../../domain/notifications/bell';
import { Clock } from '../../domain/shared/clock';
import { IdSource } from '../../domain/shared/id-source';
import { retryOnConflict } from '../../domain/shared/retry-on-conflict';
import { KeyedQueue } from '../../platform/workers/keyed-queue';

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

/** Reads, decides and writes changes of the board; whoever changes it does so here. */
@Injectable()
export class BoardWriteService {
  /** Changes of one app in this process do not race each other; those of other instances are told apart by version. */
  private readonly queue = new KeyedQueue();

  constructor(
    @Inject(Board) private readonly board: Board,
    @Inject(BoardRepository) private readonly boards: BoardRepository,
    @Inject(AlertRepository) private readonly alerts: AlertRepository,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdSource) private readonly ids: IdSource,
    @Inject(Bell) private readonly bell: Bell,
    @Inject(CanvasBell) private readonly canvasBell: CanvasBell,
  ) {}

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

  private async attempt(apps: readonly string[], change: BoardChange): Promise<BoardsByApp> {
    const found = await this.boards.findApps(apps);
    const before = new Map(found.map((board) => [board.app, board]));
    const decision = change.decide(before, {
      board: this.board,
      slots: await this.readSlots(change.dedupKeys(before)),
      actor: change.actor,
      now: this.clock.now(),
      ids: this.ids,
    });
    if (decision === null) return before;
    await this.boards.record(decision);
    this.canvasBell.ring();
    if (decision.alertChanges.length > 0) this.bell.ring();
    return new Map([...before, ...decision.boards.map((board) => [board.app, board] as const)]);
  }

  private async readSlots(dedupKeys: readonly string[]): Promise<ReadonlyMap<string, AlertSlot>> {
    const slots = await this.alerts.findSlots(dedupKeys);
    return new Map(slots.map((slot) => [slot.dedupKey, slot]));
  }
}
