import { join } from 'node:path';
import type { Alert } from '../../../domain/alerts/alert';
import { auditSortKey, type BoardAudit } from '../../../domain/board/board-audit';
import type { DeliveryAttempt } from '../../../domain/notifications/delivery';
import { historySortKey, retentionStart, type HistoryEntry } from '../../../domain/schedulers/history-entry';
import type { Clock } from '../../../domain/shared/clock';
import { Archive } from './archive';
import { ArchiveFiles } from './archive-files';
import type { ArchiveKind } from './archive-kind';
import type { DataFolder } from './data-folder';
import { alertMapping } from './documents/alert.document';
import { boardAuditMapping } from './documents/board-audit.document';
import { deliveryAttemptMapping } from './documents/delivery.document';
import { historyEntryMapping } from './documents/history-entry.document';
import type { OpenFile } from './open-file';
import { UnknownFormat } from './storage.errors';

const HISTORY: ArchiveKind<HistoryEntry> = {
  name: 'history',
  mapping: historyEntryMapping,
  idOf: (entry) => entry.id,
  bucketKeyOf: (entry) => entry.schedulerId,
  sortKeyOf: historySortKey,
  retainedFrom: (entry) => entry.timestamp,
};

const ATTEMPTS: ArchiveKind<DeliveryAttempt> = {
  name: 'deliveries',
  mapping: deliveryAttemptMapping,
  idOf: (attempt) => attempt.id,
  bucketKeyOf: (attempt) => attempt.alertId,
  sortKeyOf: attemptSortKey,
  retainedFrom: (attempt) => attempt.at,
};

/** Filed under the day of their opening, in whose order alerts are listed. */
const RESOLVED_ALERTS: ArchiveKind<Alert> = {
  name: 'alerts',
  mapping: alertMapping,
  idOf: (alert) => alert.id,
  bucketKeyOf: (alert) => alert.id,
  sortKeyOf: alertSortKey,
  retainedFrom: (alert) => alert.resolvedAt ?? alert.lastSeenAt,
};

const BOARD_AUDIT: ArchiveKind<BoardAudit> = {
  name: 'board-audit',
  mapping: boardAuditMapping,
  idOf: (audit) => audit.id,
  bucketKeyOf: (audit) => audit.app,
  sortKeyOf: auditSortKey,
  retainedFrom: (audit) => audit.at,
};

/** Sorts alerts by their opening, then id; also the place where a page ends. */
export function alertSortKey(alert: Alert): string {
  return `${alert.firstSeenAt.toISOString()}#${alert.id}`;
}

/** Sorts attempts by their instant, then id; also the place where a page ends. */
export function attemptSortKey(attempt: DeliveryAttempt): string {
  return `${attempt.at.toISOString()}#${attempt.id}`;
}

/** A scheduler's history of one day is to be found without reading that of many others; of the others there is much less. */
const HISTORY_BUCKETS = 64;
const OTHER_BUCKETS = 8;

const FILED_EVERY_MS = 60_000;

export interface ArchiveSurroundings {
  readonly folder: DataFolder;
  readonly openFile: OpenFile;
  readonly clock: Clock;
  readonly retentionDays: number;
  readonly onNotice: (message: string, fields?: object) => void;
}

/** Everything that grows with time instead of with the number of schedulers, and so is not kept in memory. */
export class Archives {
  readonly history: Archive<HistoryEntry>;
  readonly attempts: Archive<DeliveryAttempt>;
  readonly resolvedAlerts: Archive<Alert>;
  readonly boardAudit: Archive<BoardAudit>;

  constructor(private readonly around: ArchiveSurroundings) {
    this.history = this.create(HISTORY, HISTORY_BUCKETS);
    this.attempts = this.create(ATTEMPTS, OTHER_BUCKETS);
    this.resolvedAlerts = this.create(RESOLVED_ALERTS, OTHER_BUCKETS);
    this.boardAudit = this.create(BOARD_AUDIT, OTHER_BUCKETS);
  }

  /** @throws UnknownFormat */
  named(name: string): ReturnType<typeof this.all>[number] {
    const archive = this.all().find(({ kind }) => kind.name === name);
    if (archive === undefined)
      throw new UnknownFormat(
        `a journal writes to ${JSON.stringify(name)}, which only another version of Vesper knows`,
      );
    return archive;
  }

  /** Files what waits in memory every minute, until aborted. */
  async keepFiling(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.around.clock.sleep(FILED_EVERY_MS, signal);
      for (const archive of this.all()) await archive.fileInBackground();
    }
  }

  async fileDurably(): Promise<void> {
    for (const archive of this.all()) await archive.fileDurably();
  }

  async deleteExpired(before: Date, signal: AbortSignal): Promise<number> {
    let deleted = 0;
    for (const archive of this.all()) deleted += await archive.deleteExpired(before, signal);
    return deleted;
  }

  private all() {
    return [this.history, this.attempts, this.resolvedAlerts, this.boardAudit] as const;
  }

  private create<T>(kind: ArchiveKind<T>, buckets: number): Archive<T> {
    const { folder, openFile, clock, retentionDays, onNotice } = this.around;
    const files = new ArchiveFiles(join(folder.path, kind.name), buckets, openFile);
    return new Archive(kind, files, () => retentionStart(clock.now(), retentionDays), onNotice);
  }
}
