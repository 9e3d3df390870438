import type { BoardAudit, CellChange } from '../../../../domain/board/board-audit';
import type { Document, DocumentMapping } from './document';

export const boardAuditMapping: DocumentMapping<BoardAudit> = {
  toDocument: (audit) => ({
    id: audit.id,
    app: audit.app,
    at: audit.at.toISOString(),
    by: audit.by,
    correlationId: audit.correlationId,
    changes: audit.changes.map(toChangeDocument),
  }),
  fromDocument: (document) => ({
    ...document,
    at: new Date(document.at),
    changes: document.changes.map((change) => ({ ...change, timestamp: new Date(change.timestamp) })),
  }),
};

function toChangeDocument(change: CellChange): Document<CellChange> {
  return {
    domain: change.domain,
    from: change.from,
    to: change.to,
    applied: change.applied,
    jobId: change.jobId,
    message: change.message,
    timestamp: change.timestamp.toISOString(),
  };
}
