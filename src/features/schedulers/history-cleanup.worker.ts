import { retentionStart } from '../../domain/schedulers/history-entry';
import type { StorageUpkeep } from '../../domain/shared/storage-upkeep';
import type { Task } from '../../platform/workers/task';

/** Deletes what has outlived its retention, where the storage does not do so by itself. */
export class HistoryCleanupWorker implements Task {
  readonly name = 'history-cleanup';
  readonly timeoutMs = 600_000;
  readonly leased = true;
  readonly schedule: Task['schedule'];

  /** @param timeZone zone of the first EOD window: the cleanup runs at its noon, far from any usual window */
  constructor(
    private readonly upkeep: StorageUpkeep,
    private readonly retentionDays: number,
    timeZone: string,
  ) {
    this.schedule = { cron: '0 0 12 * * *', timeZone };
  }

  async run(now: Date): Promise<void> {
    await this.upkeep.deleteExpired(retentionStart(now, this.retentionDays));
  }
}
