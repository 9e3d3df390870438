import { retentionStart } from '../../domain/schedulers/history-entry';
import type { Clock } from '../../domain/shared/clock';
import type { StorageUpkeep } from '../../domain/shared/storage-upkeep';
import type { Hold } from '../../platform/workers/hold-lease';
import type { Task } from '../../platform/workers/task';

const ALMOST_A_DAY_MS = 23.5 * 3_600_000;

/** Deletes what has outlived its retention, where the storage does not do so by itself. */
export class HistoryCleanupWorker implements Task {
  readonly name = 'history-cleanup';
  readonly timeoutMs = 600_000;
  readonly leased = true;
  readonly schedule: Task['schedule'];

  private cleanedAtMs = -Infinity;

  constructor(
    private readonly upkeep: Pick<StorageUpkeep, 'deleteExpired'>,
    private readonly retentionDays: number,
    private readonly clock: Clock,
    timeZone: string,
  ) {
    this.schedule = { cron: '0 45 * * * *', timeZone };
  }

  /** Daily, but not at one hour only: who is not up then would never clean. */
  isDue(): boolean {
    return this.clock.monotonicMs() - this.cleanedAtMs >= ALMOST_A_DAY_MS;
  }

  async run(now: Date, { signal }: Pick<Hold, 'signal'>): Promise<void> {
    await this.upkeep.deleteExpired(retentionStart(now, this.retentionDays), signal);
    // What was left is for the next hour, not for tomorrow.
    if (!signal.aborted) this.cleanedAtMs = this.clock.monotonicMs();
  }
}
