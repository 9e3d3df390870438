import type { HistoryEntry } from '../../../../domain/schedulers/history-entry';
import type { DocumentMapping } from './document';

export const historyEntryMapping: DocumentMapping<HistoryEntry> = {
  toDocument: (entry) => ({
    id: entry.id,
    schedulerId: entry.schedulerId,
    status: entry.status,
    timestamp: entry.timestamp.toISOString(),
    executionTimeMs: entry.executionTimeMs,
    executionTimeSource: entry.executionTimeSource,
    errorMessage: entry.errorMessage,
    metadata: entry.metadata,
    runId: entry.runId,
    receivedAt: entry.receivedAt.toISOString(),
    reportedBy: entry.reportedBy,
  }),
  fromDocument: (document) => ({
    ...document,
    timestamp: new Date(document.timestamp),
    receivedAt: new Date(document.receivedAt),
  }),
};
