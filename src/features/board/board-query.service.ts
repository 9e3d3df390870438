import { Inject, Injectable } from '@nestjs/common';
import { emptyAppBoard, type AppBoard } from '../../domain/board/app-board';
import { Board, findApp, type BoardApp } from '../../domain/board/board';
import type { BoardAudit, CellChange } from '../../domain/board/board-audit';
import { AppNotFound, InvalidDomain } from '../../domain/board/board.errors';
import { BoardRepository } from '../../domain/board/board.repository';
import { retentionStart } from '../../domain/schedulers/history-entry';
import { Clock } from '../../domain/shared/clock';
import type { AuditRequest } from './audit-list.dto';

/** How many days changes of the board are shown and kept. */
export const AuditRetentionDays = Symbol('AuditRetentionDays');

/** An app as it is configured, with its state. */
export interface AppState {
  readonly app: BoardApp;
  readonly state: AppBoard;
}

/** One change of a cell, with the write it belongs to. */
export interface AuditEntry {
  readonly audit: BoardAudit;
  readonly change: CellChange;
}

/** Reads the board. What is no longer configured is not shown. */
@Injectable()
export class BoardQueryService {
  constructor(
    @Inject(Board) private readonly board: Board,
    @Inject(BoardRepository) private readonly boards: BoardRepository,
    @Inject(AuditRetentionDays) private readonly retentionDays: number,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Every app, in the order of the configuration. */
  listApps(): Promise<readonly AppState[]> {
    return this.read(this.board.apps);
  }

  /** @throws AppNotFound */
  async getApp(name: string): Promise<AppState> {
    const [state] = await this.read([this.demandApp(name)]);
    return state as AppState;
  }

  /**
   * Newest first.
   * @throws AppNotFound
   * @throws InvalidDomain
   */
  async audit(name: string, { domain, limit }: AuditRequest): Promise<readonly AuditEntry[]> {
    const app = this.demandApp(name);
    if (domain !== null && !app.domains.includes(domain))
      throw new InvalidDomain(app.name, app.domains, domain);
    const from = retentionStart(this.clock.now(), this.retentionDays);
    // Each record holds one change at least that is asked for.
    const { items } = await this.boards.listAudit({ app: name, domain, from }, { limit, after: null });
    return items
      .flatMap((audit) => audit.changes.toReversed().map((change) => ({ audit, change })))
      .filter(({ change }) => domain === null || change.domain === domain)
      .slice(0, limit);
  }

  private async read(apps: readonly BoardApp[]): Promise<readonly AppState[]> {
    if (apps.length === 0) return [];
    const states = await this.boards.findApps(apps.map(({ name }) => name));
    const byApp = new Map(states.map((state) => [state.app, state]));
    return apps.map((app) => ({ app, state: byApp.get(app.name) ?? emptyAppBoard(app.name) }));
  }

  private demandApp(name: string): BoardApp {
    const app = findApp(this.board, name);
    if (app === null) throw new AppNotFound(name);
    return app;
  }
}
