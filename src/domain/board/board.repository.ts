import type { AlertChange } from '../alerts/alert-change';
import type { Page, PageRequest } from '../shared/page';
import type { AppBoard } from './app-board';
import type { BoardAudit } from './board-audit';
import type { BoardDecision } from './board-decision';
import type { CanvasRecord } from './canvas-record';

/** Filters of an app's audit. */
export interface AuditQuery {
  readonly app: string;
  /** `null`: any; else only records with a change of this domain. */
  readonly domain: string | null;
  /** Nothing older is shown. */
  readonly from: Date;
}

/**
 * The EPM board with its audit and its canvases. Each `record…` is one atomic, durable write; it rejects with `StorageUnavailable` when the storage does
 * not take it.
 */
export interface BoardRepository {
  /** Apps that ever had an update, in no order; at most `MOST_APPS` are configured. Shows only what is durable, and all of that. */
  listApps(): Promise<readonly AppBoard[]>;
  /** An empty one for an app that never had an update. */
  findApps(names: readonly string[]): Promise<readonly AppBoard[]>;
  /** @throws ChangedConcurrently when an app or one of the alert slots has changed since it was read */
  record(decision: BoardDecision): Promise<void>;
  /** An alert about the board as a whole. @throws ChangedConcurrently */
  recordAlert(change: AlertChange): Promise<void>;
  /** Newest first; `after` is a key of {@link auditSortKey}. */
  listAudit(query: AuditQuery, page: PageRequest): Promise<Page<BoardAudit>>;
  /** An empty one for a channel whose canvas was never written. */
  findCanvas(channelId: string): Promise<CanvasRecord>;
  /** @throws ChangedConcurrently unless the stored version is the one given @returns it with its new version */
  recordCanvas(record: CanvasRecord): Promise<CanvasRecord>;
  /** When the board was first looked at, on any instance: now, if that never happened. */
  recordWatch(now: Date): Promise<Date>;
}

export const BoardRepository = Symbol('BoardRepository');
