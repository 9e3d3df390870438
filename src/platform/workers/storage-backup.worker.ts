import type { StorageUpkeep } from '../../domain/shared/storage-upkeep';
import type { Task } from './task';

/** Has the storage back itself up each hour, where it is not backed up from outside. */
export class StorageBackupWorker implements Task {
  readonly name = 'storage-backup';
  readonly timeoutMs = 300_000;
  readonly leased = true;
  /** Clocks of instances differ; their minutes overlap. */
  readonly onceInMs = 30 * 60_000;
  readonly schedule: Task['schedule'];

  constructor(
    private readonly upkeep: StorageUpkeep,
    timeZone: string,
  ) {
    this.schedule = { cron: '0 30 * * * *', timeZone };
  }

  async run(now: Date): Promise<void> {
    await this.upkeep.backUp(now);
  }
}
