export interface StorageHealth {
  readonly storage: 'ok' | 'recovered' | string;
  /** Checks of its own that only some storages have, e.g. `state_file`. */
  readonly checks: Readonly<Record<string, string>>;
  /** Notes for the operator that are no fault, e.g. that a torn line was cut off. */
  readonly notices: readonly string[];
  /** Last durable write; `null` when none is known. */
  readonly lastUpdate: Date | null;
}

/** What runs the storage itself: health, deletion of what has outlived its retention, backups. */
export interface StorageUpkeep {
  /** Whether reads and writes work now; never waits longer than a second or two. `ok` and `recovered` are healthy. */
  checkHealth(): Promise<StorageHealth>;
  /**
   * Deletes history entries, finished alerts and delivery attempts from before `before`.
   * @param signal once it is aborted nothing more is begun; what is left is deleted the next time
   * @returns how many were deleted; 0 where the engine expires them itself
   */
  deleteExpired(before: Date, signal: AbortSignal): Promise<number>;
  /** Makes a backup of its own and drops old ones. Does nothing where the engine is backed up from outside. @returns what was made, or `null` */
  backUp(now: Date): Promise<string | null>;
}

export const StorageUpkeep = Symbol('StorageUpkeep');
