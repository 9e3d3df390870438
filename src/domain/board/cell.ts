export const CELL_STATUSES = ['Blank', 'Loading', 'OK', 'Warning'] as const;
export type CellStatus = (typeof CELL_STATUSES)[number];

/** One app × domain as it stands. Immutable. */
export interface Cell {
  readonly domain: string;
  readonly status: CellStatus;
  readonly jobId: string | null;
  readonly message: string | null;
  /** EPM server the push named. */
  readonly server: string | null;
  /** Event time of the current status. */
  readonly statusAt: Date;
  /** Server time of the update that set it. */
  readonly receivedAt: Date;
  /** When the job began that the status belongs to; `null` when nobody said. */
  readonly startedAt: Date | null;
  /** From `Loading` to the end of the same job; `null` while it runs, and when its begin is not known. */
  readonly durationMs: number | null;
  /** It is `Loading` for too long, and that was alerted. */
  readonly stale: boolean;
  /** Since when EPM gives no usable answer about the job; `null` when it does, or was never asked. */
  readonly unknownSince: Date | null;
  /** EPM was asked and said so; a push about the same job knows better, also one that comes later and is older. */
  readonly healed: boolean;
  /** Since when EPM is asked about the job; `null` before the first time. */
  readonly polledSince: Date | null;
  /** An alert about it is still to be raised or resolved, because its commit had no room for it. */
  readonly alertDue: AlertDue | null;
}

/** On whose behalf the alert that is due will be raised or resolved. */
export interface AlertDue {
  readonly by: string;
  readonly correlationId: string;
  /** What was said of the cell before it began anew; `null`: its own status is what is to be told. */
  readonly said: Cell | null;
}

/** One status for one cell, as pushed or as EPM was found to say. */
export interface CellUpdate {
  readonly app: string;
  readonly domain: string;
  readonly status: CellStatus;
  /** At most 100 characters. */
  readonly jobId: string | null;
  /** At most 200 characters. */
  readonly message: string | null;
  /** Event time; `null` when none was sent: then it is now, and in any case after what is known. */
  readonly timestamp: Date | null;
  readonly server: string | null;
}

/** An update whose event time is settled. */
export interface DatedUpdate extends CellUpdate {
  readonly timestamp: Date;
}
