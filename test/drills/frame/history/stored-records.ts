import type { VesperProcess } from '../../../processes/vesper-process';

/** One line of the delivery log as it lies in the storage. */
export interface StoredAttempt {
  readonly id: string;
  readonly deliveryId: string;
  readonly dedupKey: string;
  readonly event: string;
  readonly attempt: number;
  readonly outcome: string;
}

/** What a storage holds, read past Vesper; and what can be taken out of it behind Vesper's back. */
export interface StoredRecords {
  /** In no order. */
  attempts(): Promise<readonly StoredAttempt[]>;
  /** Outbox entries and deliveries that somebody has still to deal with, by name. */
  unfinished(): Promise<readonly string[]>;
  /** A planted fault: an acknowledged status update is gone from the history. */
  loseUpdate(instances: readonly VesperProcess[]): Promise<void>;
  /** A planted fault: the last line of the log about a delivery is gone. */
  loseAttempt(instances: readonly VesperProcess[]): Promise<void>;
}

/** Outcomes after which nothing more is tried. */
export function isFinal({ outcome }: StoredAttempt): boolean {
  return outcome !== 'retrying';
}
