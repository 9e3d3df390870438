import type { AlertChange } from '../../../domain/alerts/alert-change';
import { emptyAppBoard, type AppBoard } from '../../../domain/board/app-board';
import { auditSortKey, type BoardAudit } from '../../../domain/board/board-audit';
import type { BoardDecision } from '../../../domain/board/board-decision';
import type { AuditQuery, BoardRepository } from '../../../domain/board/board.repository';
import { emptyCanvasRecord, type CanvasRecord } from '../../../domain/board/canvas-record';
import type { Page, PageRequest } from '../../../domain/shared/page';
import { alertWrites, changedSlot } from './alert-writes';
import type { Write } from './commit';
import type { Journal } from './journal';
import type { JsonState } from './json-state';
import { toPage } from './paging';

const WATCH_KEY = 'board';

export class JsonBoardRepository implements BoardRepository {
  constructor(
    private readonly state: JsonState,
    private readonly journal: Journal,
  ) {}

  async listApps(): Promise<readonly AppBoard[]> {
    return Array.from(this.state.boards.entries(), ([, board]) => board);
  }

  async findApps(names: readonly string[]): Promise<readonly AppBoard[]> {
    return names.map((app) => this.state.boards.get(app) ?? emptyAppBoard(app));
  }

  async record({ boards, audits, alertChanges }: BoardDecision): Promise<void> {
    const { boards: stored, archives } = this.state;
    const changed = boards.find(({ app, version }) => (stored.head(app)?.version ?? 0) !== version - 1);
    if (changed !== undefined) throw await stored.conflictAt(changed.app);
    await this.commitWithAlerts(alertChanges, () => [
      ...boards.map((board) => stored.put(board.app, board)),
      ...audits.map((audit) => archives.boardAudit.append(audit)),
    ]);
  }

  async recordAlert(change: AlertChange): Promise<void> {
    await this.commitWithAlerts([change], () => []);
  }

  async listAudit(
    { app, domain, from }: AuditQuery,
    { limit, after }: PageRequest,
  ): Promise<Page<BoardAudit>> {
    const texts = [`"app":${JSON.stringify(app)}`];
    if (domain !== null) texts.push(`"domain":${JSON.stringify(domain)}`);
    const found = await this.state.archives.boardAudit.list({
      bucketKey: app,
      texts,
      matches: (audit) =>
        audit.app === app &&
        audit.at >= from &&
        (domain === null || audit.changes.some((change) => change.domain === domain)),
      before: after,
      from,
      to: null,
      limit: limit + 1,
      besides: [],
    });
    return toPage(found, limit, auditSortKey);
  }

  async findCanvas(channelId: string): Promise<CanvasRecord> {
    return this.state.canvases.get(channelId) ?? emptyCanvasRecord(channelId);
  }

  async recordCanvas(record: CanvasRecord): Promise<CanvasRecord> {
    const { canvases } = this.state;
    const { channelId, version } = record;
    if ((canvases.head(channelId)?.version ?? 0) !== version) throw await canvases.conflictAt(channelId);
    const next = { ...record, version: version + 1 };
    return this.journal.commit([canvases.put(channelId, next)], next);
  }

  async recordWatch(now: Date): Promise<Date> {
    const { boardWatch } = this.state;
    // One that is on its way to the disk is the first, unless the disk does not take it.
    while (boardWatch.isStaged(WATCH_KEY)) await boardWatch.settled(WATCH_KEY);
    const known = boardWatch.get(WATCH_KEY);
    if (known !== undefined) return known.since;
    return this.journal.commit([boardWatch.put(WATCH_KEY, { since: now })], now);
  }

  /** To be called in the turn of the event loop in which all else was checked. */
  private async commitWithAlerts(
    alertChanges: readonly AlertChange[],
    others: () => readonly Write[],
  ): Promise<void> {
    const slot = changedSlot(this.state, alertChanges);
    if (slot !== null) throw await this.state.slots.conflictAt(slot);
    const ofAlerts = alertChanges.flatMap((change) => alertWrites(this.state, change));
    await this.journal.commit([...others(), ...ofAlerts], undefined);
  }
}
