import type { OutboxEntry } from '../../../../domain/notifications/outbox';
import { alertMapping } from './alert.document';
import type { DocumentMapping } from './document';

export const outboxEntryMapping: DocumentMapping<OutboxEntry> = {
  toDocument: (entry) => ({
    id: entry.id,
    event: entry.event,
    alert: alertMapping.toDocument(entry.alert),
    createdAt: entry.createdAt.toISOString(),
    dueAt: entry.dueAt.toISOString(),
  }),
  fromDocument: (document) => ({
    ...document,
    alert: alertMapping.fromDocument(document.alert),
    createdAt: new Date(document.createdAt),
    dueAt: new Date(document.dueAt),
  }),
};
