import type { AppBoard } from '../../../domain/board/app-board';
import { CELL_STATUSES, type AlertDue, type Cell } from '../../../domain/board/cell';
import type { EpmJob } from '../../../domain/board/epm-job';
import { count, instant, itemOf, json, optional, text, texts, type Item } from './attributes';
import type { Document, DocumentReader } from './document.reader';
import { ItemReader } from './item.reader';

/** All apps lie together: one read shows the board, and all that is durable of it. */
export const BOARD = 'board';

export function appBoardKey(app: string): Item {
  return { pk: text(BOARD), sk: text(`app#${app}`) };
}

/**
 * Cells and jobs are one text each: as lists of maps the SDK took milliseconds for the thousand attributes of an app, twice for each push (docs/performance.md).
 * Domains that jobs have open are named once, and each job refers to them by place: jobs that never end would otherwise repeat every domain fifty times,
 * and forty apps would not fit into one transaction (sizes.spec.ts).
 */
export function toAppBoardItem(board: AppBoard): Item {
  const openDomains = [...new Set(board.jobs.flatMap((job) => job.openDomains))];
  const places = new Map(openDomains.map((domain, place) => [domain, place]));
  return itemOf({
    ...appBoardKey(board.app),
    app: text(board.app),
    cells: json(board.cells.map(toCellDocument)),
    open_domains: texts(openDomains),
    jobs: json(board.jobs.map((job) => toJobDocument(job, places))),
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
    cells: reader.documents('cells').map(fromCellDocument),
    jobs: reader.documents('jobs').map((job) => fromJobDocument(job, openDomains)),
    lastUpdateAt: reader.instantOrNull('last_update_at'),
    version: reader.count('version'),
  };
}

function toCellDocument(cell: Cell): Document {
  return {
    domain: cell.domain,
    status: cell.status,
    job_id: cell.jobId ?? undefined,
    message: cell.message ?? undefined,
    server: cell.server ?? undefined,
    status_at: cell.statusAt,
    received_at: cell.receivedAt,
    started_at: cell.startedAt ?? undefined,
    duration_ms: cell.durationMs ?? undefined,
    stale: cell.stale,
    unknown_since: cell.unknownSince ?? undefined,
    healed: cell.healed,
    polled_since: cell.polledSince ?? undefined,
    alert_due: cell.alertDue === null ? undefined : toAlertDueDocument(cell.alertDue),
  };
}

function fromCellDocument(reader: DocumentReader): Cell {
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
    alertDue: reader.has('alert_due') ? fromAlertDueDocument(reader.nested('alert_due')) : null,
  };
}

function toAlertDueDocument({ by, correlationId, said }: AlertDue): Document {
  return { by, correlation_id: correlationId, said: said === null ? undefined : toCellDocument(said) };
}

function fromAlertDueDocument(reader: DocumentReader): AlertDue {
  return {
    by: reader.text('by'),
    correlationId: reader.text('correlation_id'),
    said: reader.has('said') ? fromCellDocument(reader.nested('said')) : null,
  };
}

function toJobDocument(job: EpmJob, places: ReadonlyMap<string, number>): Document {
  const open = job.openDomains.flatMap((domain) => places.get(domain) ?? []);
  return {
    job_id: job.jobId,
    status: job.status,
    started_at: job.startedAt ?? undefined,
    completed_at: job.completedAt ?? undefined,
    open: open.length === 0 ? undefined : open,
  };
}

function fromJobDocument(reader: DocumentReader, openDomains: readonly string[]): EpmJob {
  return {
    jobId: reader.text('job_id'),
    status: reader.oneOf('status', CELL_STATUSES),
    startedAt: reader.instantOrNull('started_at'),
    completedAt: reader.instantOrNull('completed_at'),
    openDomains: reader.has('open') ? reader.chosenOf('open', openDomains) : [],
  };
}
