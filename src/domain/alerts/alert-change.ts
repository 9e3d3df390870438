import type { OutboxEntry } from '../notifications/outbox';
import type { Alert, AlertSlot } from './alert';

/** What one decision does to one alert; written in the same commit as the state change that caused it. */
export interface AlertChange {
  readonly alert: Alert;
  /** The slot afterwards. Its version is one above the version read, which the commit demands unchanged. */
  readonly slot: AlertSlot;
  readonly outbox: readonly OutboxEntry[];
}
