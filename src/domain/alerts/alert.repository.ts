import type { Page, PageRequest } from '../shared/page';
import type { Alert, AlertSlot, AlertStatus } from './alert';

/** Filters of a list of alerts; `null` means any. */
export interface AlertFilter {
  readonly status: AlertStatus | null;
  readonly dedupKey: string | null;
}

/** Alerts are written by the commits of what they are about; here they are read. */
export interface AlertRepository {
  find(alertId: string): Promise<Alert | null>;
  /** An empty slot when nothing is known of the key. */
  findSlot(dedupKey: string): Promise<AlertSlot>;
  /** One for each key, in their order; each as of a moment of its own. */
  findSlots(dedupKeys: readonly string[]): Promise<readonly AlertSlot[]>;
  /** Newest first. */
  list(filter: AlertFilter, page: PageRequest): Promise<Page<Alert>>;
}

export const AlertRepository = Symbol('AlertRepository');
