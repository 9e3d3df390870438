import type { Alert } from '../alerts/alert';
import type { AlertEvent } from '../alerts/alert-event';
import type { Delivery } from './delivery';

/**
 * One thing to tell, written in the same commit as the state change it follows from, so that neither can exist without the other.
 * It carries the alert as it then was: telling needs no read.
 */
export interface OutboxEntry {
  /** Sorts by time of writing. */
  readonly id: string;
  readonly event: AlertEvent;
  readonly alert: Alert;
  readonly createdAt: Date;
  /** Not to be told before this. Later than `createdAt` only while the alert flaps: told if nothing changed until then. */
  readonly dueAt: Date;
}

/** How much waits to be told; a storage may stop counting at some hundreds per channel. */
export interface OutboxDepth {
  readonly waiting: number;
  /** Since when the oldest could have been told. In the future when all that waits is held back, as while an alert flaps. */
  readonly oldestDueAt: Date | null;
}

/** Entries enter it through the commits of other repositories; here they are routed. */
export interface Outbox {
  /** Due entries that were not routed yet, oldest first. */
  listDue(now: Date, limit: number): Promise<readonly OutboxEntry[]>;
  /**
   * Replaces the entry by its deliveries, all or none.
   * @throws ChangedConcurrently when it was routed by somebody else already
   */
  recordRouted(entry: OutboxEntry, deliveries: readonly Delivery[]): Promise<void>;
  /** Unrouted entries and unfinished deliveries together. */
  depth(): Promise<OutboxDepth>;
}

export const Outbox = Symbol('Outbox');
