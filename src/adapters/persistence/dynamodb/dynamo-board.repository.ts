import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AlertChange } from '../../../domain/alerts/alert-change';
import { emptyAppBoard, type AppBoard } from '../../../domain/board/app-board';
import type { AuditQuery, BoardRepository } from '../../../domain/board/board.repository';
import type { BoardAudit } from '../../../domain/board/board-audit';
import type { BoardDecision } from '../../../domain/board/board-decision';
import { emptyCanvasRecord, type CanvasRecord } from '../../../domain/board/canvas-record';
import type { Page, PageRequest } from '../../../domain/shared/page';
import { alertActions } from './alert-actions';
import { appBoardKey, BOARD, fromAppBoardItem, toAppBoardItem } from './app-board.item';
import { instant, text } from './attributes';
import { listAudit } from './board-audit-reads';
import { toAuditItem } from './board-audit.item';
import { canvasKey, fromCanvasItem, toCanvasItem } from './canvas-record.item';
import { commit, put, versionBefore } from './commit';
import type { DynamoConnection } from './dynamo.connection';
import { ItemReader } from './item.reader';
import { pagesOf } from './query';
import { readMany } from './read-many';

const WATCH_KEY = { pk: text('board-watch'), sk: text('watch') };

export class DynamoBoardRepository implements BoardRepository {
  constructor(
    private readonly connection: DynamoConnection,
    private readonly retentionDays: number,
  ) {}

  async listApps(): Promise<readonly AppBoard[]> {
    const query = {
      TableName: this.table,
      KeyConditionExpression: 'pk = :board',
      ExpressionAttributeValues: { ':board': text(BOARD) },
      ConsistentRead: true,
    };
    const boards: AppBoard[] = [];
    for await (const page of pagesOf(this.connection, query)) boards.push(...page.map(fromAppBoardItem));
    return boards;
  }

  /** Each app is read at a moment of its own; its version guards what is decided on it. */
  async findApps(names: readonly string[]): Promise<readonly AppBoard[]> {
    const keys = [...new Set(names)].map(appBoardKey);
    const items = await readMany(this.connection, this.table, keys);
    const found = new Map(items.map(fromAppBoardItem).map((board) => [board.app, board]));
    return names.map((name) => found.get(name) ?? emptyAppBoard(name));
  }

  async record({ boards, audits, alertChanges }: BoardDecision): Promise<void> {
    await commit(this.connection, `The board of ${boards.map(({ app }) => app).join(', ')}`, [
      ...boards.map((board) =>
        put('board app', this.table, toAppBoardItem(board), versionBefore(board.version)),
      ),
      ...audits.map((audit) => put('audit record', this.table, toAuditItem(audit, this.retentionDays))),
      ...alertActions(this.connection, alertChanges, this.retentionDays),
    ]);
  }

  async recordAlert(change: AlertChange): Promise<void> {
    const actions = alertActions(this.connection, [change], this.retentionDays);
    await commit(this.connection, `Alert ${change.alert.dedupKey}`, actions);
  }

  listAudit(query: AuditQuery, page: PageRequest): Promise<Page<BoardAudit>> {
    return listAudit(this.connection, query, page);
  }

  async findCanvas(channelId: string): Promise<CanvasRecord> {
    const { Item: item } = await this.connection.send(
      new GetItemCommand({ TableName: this.table, Key: canvasKey(channelId), ConsistentRead: true }),
    );
    return item === undefined ? emptyCanvasRecord(channelId) : fromCanvasItem(item);
  }

  async recordCanvas(record: CanvasRecord): Promise<CanvasRecord> {
    const next = { ...record, version: record.version + 1 };
    await commit(this.connection, `The canvas of channel ${record.channelId}`, [
      put('canvas', this.table, toCanvasItem(next), versionBefore(next.version)),
    ]);
    return next;
  }

  /** Whoever is first sets it, and everybody is told what was set. */
  async recordWatch(now: Date): Promise<Date> {
    const { Attributes: item = {} } = await this.connection.write(
      new UpdateItemCommand({
        TableName: this.table,
        Key: WATCH_KEY,
        UpdateExpression: 'SET watched_since = if_not_exists(watched_since, :now)',
        ExpressionAttributeValues: { ':now': instant(now) },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return new ItemReader(item, "board's watch").instant('watched_since');
  }

  private get table(): string {
    return this.connection.tables.operations;
  }
}
