import { auditSortKey, type BoardAudit, type CellChange } from '../../../domain/board/board-audit';
import { CELL_STATUSES } from '../../../domain/board/cell';
import { epochSeconds, flag, instant, itemOf, list, optional, text, type Item } from './attributes';
import { ItemReader } from './item.reader';
import { daysAfter } from './retention';

/** Partition of an app's audit. */
export function auditsOf(app: string): string {
  return `board-audit#${app}`;
}

export function toAuditItem(audit: BoardAudit, retentionDays: number): Item {
  return {
    pk: text(auditsOf(audit.app)),
    sk: text(auditSortKey(audit)),
    audit_id: text(audit.id),
    app: text(audit.app),
    at: instant(audit.at),
    by: text(audit.by),
    correlation_id: text(audit.correlationId),
    changes: list(audit.changes.map(toChangeItem)),
    expires_at: epochSeconds(daysAfter(audit.at, retentionDays)),
  };
}

/** @throws UnreadableItem */
export function fromAuditItem(item: Item): BoardAudit {
  const reader = new ItemReader(item, `board audit record ${item['sk']?.S} of ${item['app']?.S}`);
  return {
    id: reader.text('audit_id'),
    app: reader.text('app'),
    at: reader.instant('at'),
    by: reader.text('by'),
    correlationId: reader.text('correlation_id'),
    changes: reader.list('changes').map(fromChangeItem),
  };
}

function toChangeItem(change: CellChange): Item {
  return itemOf({
    domain: text(change.domain),
    from: text(change.from),
    to: text(change.to),
    applied: flag(change.applied),
    job_id: optional(change.jobId, text),
    message: optional(change.message, text),
    event_at: instant(change.timestamp),
  });
}

function fromChangeItem(reader: ItemReader): CellChange {
  return {
    domain: reader.text('domain'),
    from: reader.oneOf('from', CELL_STATUSES),
    to: reader.oneOf('to', CELL_STATUSES),
    applied: reader.flag('applied'),
    jobId: reader.textOrNull('job_id'),
    message: reader.textOrNull('message'),
    timestamp: reader.instant('event_at'),
  };
}
