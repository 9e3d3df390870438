import type { Scheduler } from '../../../../domain/schedulers/scheduler';
import { toInstant, toText, type Document, type DocumentMapping } from './document';

export const schedulerMapping: DocumentMapping<Scheduler> = {
  toDocument: (scheduler) => ({
    schedulerId: scheduler.schedulerId,
    serviceName: scheduler.serviceName,
    jobName: scheduler.jobName,
    ownerEmail: scheduler.ownerEmail,
    alertUserId: scheduler.alertUserId,
    tags: scheduler.tags,
    heartbeatTimeoutMinutes: scheduler.heartbeatTimeoutMinutes,
    windows: scheduler.windows,
    status: scheduler.status,
    statusAt: toText(scheduler.statusAt),
    executionTimeMs: scheduler.executionTimeMs,
    executionTimeSource: scheduler.executionTimeSource,
    errorMessage: scheduler.errorMessage,
    metadata: scheduler.metadata,
    runId: scheduler.runId,
    startedAt: toText(scheduler.startedAt),
    openRuns: scheduler.openRuns.map(({ runId, startedAt }) => ({
      runId,
      startedAt: startedAt.toISOString(),
    })),
    currentEntryId: scheduler.currentEntryId,
    lastHeartbeat: toText(scheduler.lastHeartbeat),
    staleAlertId: scheduler.staleAlertId,
    createdAt: scheduler.createdAt.toISOString(),
    updatedAt: scheduler.updatedAt.toISOString(),
    removedAt: toText(scheduler.removedAt),
    version: scheduler.version,
  }),
  fromDocument: (document: Document<Scheduler>) => ({
    ...document,
    statusAt: toInstant(document.statusAt),
    startedAt: toInstant(document.startedAt),
    openRuns: document.openRuns.map(({ runId, startedAt }) => ({ runId, startedAt: new Date(startedAt) })),
    lastHeartbeat: toInstant(document.lastHeartbeat),
    createdAt: new Date(document.createdAt),
    updatedAt: new Date(document.updatedAt),
    removedAt: toInstant(document.removedAt),
  }),
};
