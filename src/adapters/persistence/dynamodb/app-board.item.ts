import type { AppBoard } from '../../../domain/board/app-board';
import { CELL_STATUSES, type AlertDue, type Cell } from '../../../domain/board/cell';
import type { EpmJob } from '../../../domain/board/epm-job';
import {
  count,
  counts,
  flag,
  instant,
  itemOf,
  list,
  map,
  optional,
  text,
  texts,
  type Item,
} from './attributes';
import { ItemReader } from './item.reader';

/** All apps lie together: one read shows the board, and all that is durable of it. */
export const BOARD = 'board';

export function appBoardKey(app: string): Item {
  return { pk: text(BOARD), sk: text(`app#${app}`) };
}

/**
 * Domains that jobs have open are named once, and each job refers to them by place: jobs that never end would otherwise repeat every domain fifty times,
 * and forty apps would not fit into one transaction (sizes.spec.ts).
 */
export function toAppBoardItem(board: AppBoard): Item {
  const openDomains = [...new Set(board.jobs.flatMap((job) => job.openDomains))];
  const places = new Map(openDomains.map((domain, place) => [domain, place]));
  return itemOf({
    ...appBoardKey(board.app),
    app: text(board.app),
    cells: list(board.cells.map(toCellItem)),
    open_domains: texts(openDomains),
    jobs: list(board.jobs.map((job) => toJobItem(job, places))),
    last_update_at: optional(board.lastUpdateAt, instant),
    version: count(board.version),
  });
}

/** @throws UnreadableItem */
export function fromAppBoardItem(item: Item): AppBoard {
  const reader = new ItemReader(item, `board app ${item['app']?.S}`);
  const openDomains = reader.texts('open_domains');
  return {
    app: reader.text('app'),
    cells: reader.list('cells').map(fromCellItem),
    jobs: reader.list('jobs').map((job) => fromJobItem(job, openDomains)),
    lastUpdateAt: reader.instantOrNull('last_update_at'),
    version: reader.count('version'),
  };
}

function toCellItem(cell: Cell): Item {
  return itemOf({
    domain: text(cell.domain),
    status: text(cell.status),
    job_id: optional(cell.jobId, text),
    message: optional(cell.message, text),
    server: optional(cell.server, text),
    status_at: instant(cell.statusAt),
    received_at: instant(cell.receivedAt),
    started_at: optional(cell.startedAt, instant),
    duration_ms: optional(cell.durationMs, count),
    stale: flag(cell.stale),
    unknown_since: optional(cell.unknownSince, instant),
    healed: flag(cell.healed),
    polled_since: optional(cell.polledSince, instant),
    alert_due: optional(cell.alertDue, (due) => map(toAlertDueItem(due))),
  });
}

function fromCellItem(reader: ItemReader): Cell {
  return {
    domain: reader.text('domain'),
    status: reader.oneOf('status', CELL_STATUSES),
    jobId: reader.textOrNull('job_id'),
    message: reader.textOrNull('message'),
    server: reader.textOrNull('server'),
    statusAt: reader.instant('status_at'),
    receivedAt: reader.instant('received_at'),
    startedAt: reader.instantOrNull('started_at'),
    durationMs: reader.countOrNull('duration_ms'),
    stale: reader.flag('stale'),
    unknownSince: reader.instantOrNull('unknown_since'),
    healed: reader.flag('healed'),
    polledSince: reader.instantOrNull('polled_since'),
    alertDue: reader.has('alert_due') ? fromAlertDueItem(reader.nested('alert_due')) : null,
  };
}

function toAlertDueItem({ by, correlationId, said }: AlertDue): Item {
  return itemOf({
    by: text(by),
    correlation_id: text(correlationId),
    said: optional(said, (cell) => map(toCellItem(cell))),
  });
}

function fromAlertDueItem(reader: ItemReader): AlertDue {
  return {
    by: reader.text('by'),
    correlationId: reader.text('correlation_id'),
    said: reader.has('said') ? fromCellItem(reader.nested('said')) : null,
  };
}

function toJobItem(job: EpmJob, places: ReadonlyMap<string, number>): Item {
  return itemOf({
    job_id: text(job.jobId),
    status: text(job.status),
    started_at: optional(job.startedAt, instant),
    completed_at: optional(job.completedAt, instant),
    open: counts(job.openDomains.flatMap((domain) => places.get(domain) ?? [])),
  });
}

function fromJobItem(reader: ItemReader, openDomains: readonly string[]): EpmJob {
  return {
    jobId: reader.text('job_id'),
    status: reader.oneOf('status', CELL_STATUSES),
    startedAt: reader.instantOrNull('started_at'),
    completedAt: reader.instantOrNull('completed_at'),
    openDomains: reader.chosenOf('open', openDomains),
  };
}
