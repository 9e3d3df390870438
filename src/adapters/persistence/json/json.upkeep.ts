import type { Clock } from '../../../domain/shared/clock';
import type { StorageHealth, StorageUpkeep } from '../../../domain/shared/storage-upkeep';
import type { Write } from './commit';
import type { Compactor } from './compactor';
import type { Journal } from './journal';
import type { JsonState } from './json-state';
import { reasonOf } from './storage.errors';
import type { Table } from './table';

/** A health check never waits longer for the disk. */
const LONGEST_PROBE_MS = 1_500;
/** Proof that the disk takes writes is good for this long. */
const PROBE_GOOD_FOR_MS = 1_000;
const DELETIONS_A_COMMIT = 500;

/** What the store knows of itself. */
export interface Circumstances {
  readonly recovered: boolean;
  readonly notices: () => readonly string[];
  readonly lastUpdate: () => Date | null;
}

export class JsonUpkeep implements StorageUpkeep {
  private probedAtMs = -Infinity;

  constructor(
    private readonly state: JsonState,
    private readonly journal: Journal,
    private readonly compactor: Compactor,
    private readonly clock: Clock,
    private readonly circumstances: Circumstances,
  ) {}

  async checkHealth(): Promise<StorageHealth> {
    const { recovered, notices, lastUpdate } = this.circumstances;
    const fault = await this.findFault();
    return {
      storage: fault ?? (recovered ? 'recovered' : 'ok'),
      checks: { state_file: this.compactor.lastFailure ?? 'ok' },
      notices: notices(),
      lastUpdate: lastUpdate(),
    };
  }

  async deleteExpired(before: Date, signal: AbortSignal): Promise<number> {
    const deleted = await this.state.archives.deleteExpired(before, signal);
    const { nights, messages, slots, alerts } = this.state;
    await this.deleteWhere(nights, (night) => night.endsAt < before, signal);
    await this.deleteWhere(
      messages,
      (message) =>
        (message.editedAt ?? message.postedAt) < before && alerts.head(message.alertId) === undefined,
      signal,
    );
    await this.deleteWhere(
      slots,
      ({ openAlertId, recentChanges }) => {
        const last = recentChanges.at(-1);
        return openAlertId === null && (last === undefined || last < before);
      },
      signal,
    );
    return deleted;
  }

  backUp(now: Date): Promise<string> {
    return this.compactor.backUp(now);
  }

  /** Deletes what nothing refers to any more, unless it is being written at this moment. */
  private async deleteWhere<T>(
    table: Table<T>,
    isObsolete: (record: T) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted) return;
    const obsolete = [...table.entries()].filter(([, record]) => isObsolete(record)).map(([key]) => key);
    for (let from = 0; from < obsolete.length && !signal.aborted; from += DELETIONS_A_COMMIT) {
      const keys = obsolete.slice(from, from + DELETIONS_A_COMMIT).filter((key) => !table.isStaged(key));
      const writes: Write[] = keys.map((key) => table.delete(key));
      await this.journal.commit(writes, undefined);
    }
  }

  /** Writes an empty line to the journal, as any request would write one. @returns `null` when it is on the disk */
  private async findFault(): Promise<string | null> {
    if (this.clock.monotonicMs() - this.probedAtMs < PROBE_GOOD_FOR_MS) return null;
    const patience = new AbortController();
    const tooLong = this.clock
      .sleep(LONGEST_PROBE_MS, patience.signal)
      .then(() => `no write was finished within ${LONGEST_PROBE_MS} ms`);
    const fault = await Promise.race([this.tryWriting(), tooLong]);
    patience.abort();
    return fault;
  }

  private async tryWriting(): Promise<string | null> {
    try {
      await this.journal.commit([], undefined);
      this.probedAtMs = this.clock.monotonicMs();
      return null;
    } catch (error) {
      return reasonOf(error);
    }
  }
}
