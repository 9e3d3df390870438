import type { AppBoard } from '../../../../domain/board/app-board';
import type { AlertDue, Cell } from '../../../../domain/board/cell';
import type { EpmJob } from '../../../../domain/board/epm-job';
import { toInstant, toText, type Document, type DocumentMapping } from './document';

export const appBoardMapping: DocumentMapping<AppBoard> = {
  toDocument: (board) => ({
    app: board.app,
    cells: board.cells.map(toCellDocument),
    jobs: board.jobs.map(toJobDocument),
    lastUpdateAt: toText(board.lastUpdateAt),
    version: board.version,
  }),
  fromDocument: (document: Document<AppBoard>) => ({
    ...document,
    cells: document.cells.map(fromCellDocument),
    jobs: document.jobs.map(fromJobDocument),
    lastUpdateAt: toInstant(document.lastUpdateAt),
  }),
};

function toCellDocument(cell: Cell): Document<Cell> {
  const { alertDue } = cell;
  return {
    domain: cell.domain,
    status: cell.status,
    jobId: cell.jobId,
    message: cell.message,
    server: cell.server,
    statusAt: cell.statusAt.toISOString(),
    receivedAt: cell.receivedAt.toISOString(),
    startedAt: toText(cell.startedAt),
    durationMs: cell.durationMs,
    stale: cell.stale,
    unknownSince: toText(cell.unknownSince),
    healed: cell.healed,
    polledSince: toText(cell.polledSince),
    alertDue: alertDue === null ? null : toAlertDueDocument(alertDue),
  };
}

function fromCellDocument(document: Document<Cell>): Cell {
  return {
    ...document,
    statusAt: new Date(document.statusAt),
    receivedAt: new Date(document.receivedAt),
    startedAt: toInstant(document.startedAt),
    unknownSince: toInstant(document.unknownSince),
    polledSince: toInstant(document.polledSince),
    alertDue: document.alertDue === null ? null : fromAlertDueDocument(document.alertDue),
  };
}

function toAlertDueDocument({ by, correlationId, said }: AlertDue): Document<AlertDue> {
  return { by, correlationId, said: said === null ? null : toCellDocument(said) };
}

function fromAlertDueDocument({ by, correlationId, said }: Document<AlertDue>): AlertDue {
  return { by, correlationId, said: said === null ? null : fromCellDocument(said) };
}

function toJobDocument(job: EpmJob): Document<EpmJob> {
  return {
    jobId: job.jobId,
    status: job.status,
    startedAt: toText(job.startedAt),
    completedAt: toText(job.completedAt),
    openDomains: job.openDomains,
  };
}

function fromJobDocument(document: Document<EpmJob>): EpmJob {
  return {
    ...document,
    startedAt: toInstant(document.startedAt),
    completedAt: toInstant(document.completedAt),
  };
}
