import { Inject, Injectable } from '@nestjs/common';
import { AlertRepository } from '../../domain/alerts/alert.repository';
import type { AlertSlot } from '../../domain/alerts/alert';
import { Board } from '../../domain/board/board';
import type { BoardDecision } from '../../domain/board/board-decision';
import { BoardRepository } from '../../domain/board/board.repository';
import { CanvasBell } from '../../domain/board/canvas-bell';
import { Bell } from '../../domain/notifications/bell';
import { Clock } from '../../domain/shared/clock';
import { IdSource } from '../../domain/shared/id-source';
import { retryOnConflict } from '../../domain/shared/retry-on-conflict';
import { KeyedQueue } from '../../platform/workers/keyed-queue';
import type { BoardChange, BoardsByApp } from './board-change';
import { decideTogether, type Outcome } from './decide-together';

/** Most changes of one commit. Each brings an audit record of at most 2 KB; a transaction takes 100 items. */
const MOST_TOGETHER = 25;

/** A change that waits for the turn of its app. */
interface Waiting {
  readonly change: BoardChange;
  readonly resolve: (boards: BoardsByApp) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads, decides and writes changes of the board; whoever changes it does so here. */
@Injectable()
export class BoardWriteService {
  /** Changes of one app in this process do not race each other; those of other instances are told apart by version. */
  private readonly queue = new KeyedQueue();
  /** By app; what stands here has a turn in the queue. */
  private readonly waiting = new Map<string, Waiting[]>();

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

  /**
   * As {@link write}, for a change of one cell: those that wait for the same turn are read and written together, so that an app takes as many pushes as come
   * in the time of one commit, and not one.
   */
  join(app: string, change: BoardChange): Promise<BoardsByApp> {
    return new Promise((resolve, reject) => {
      const waiting = this.waiting.get(app);
      if (waiting !== undefined) return void waiting.push({ change, resolve, reject });
      this.waiting.set(app, [{ change, resolve, reject }]);
      void this.queue.run(app, () => this.takeTurn(app));
    });
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

  /** Never rejects: each of the waiting is told by itself. What is left over has another turn, before whoever comes now. */
  private async takeTurn(app: string): Promise<void> {
    const all = this.waiting.get(app) ?? [];
    this.waiting.delete(app);
    const turn = all.slice(0, MOST_TOGETHER);
    let outcomes: readonly Outcome[];
    try {
      const changes = turn.map(({ change }) => change);
      outcomes = await retryOnConflict(this.clock, () => this.attemptTogether(app, changes));
    } catch (error) {
      outcomes = turn.map(() => ({ error }));
    }
    const left = all.slice(outcomes.length);
    if (left.length > 0) this.putFirst(app, left);
    for (const [index, outcome] of outcomes.entries()) {
      if ('error' in outcome) turn[index]?.reject(outcome.error);
      else turn[index]?.resolve(new Map([[app, outcome.board]]));
    }
  }

  private putFirst(app: string, left: readonly Waiting[]): void {
    const since = this.waiting.get(app);
    if (since !== undefined) since.unshift(...left);
    else {
      this.waiting.set(app, [...left]);
      void this.queue.run(app, () => this.takeTurn(app));
    }
  }

  private async attemptTogether(app: string, changes: readonly BoardChange[]): Promise<readonly Outcome[]> {
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
