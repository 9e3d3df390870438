import type { AlertChange } from '../alerts/alert-change';
import { resolveAlert, type Cause } from '../alerts/raise-alert';
import type { Scheduler } from './scheduler';
import type { SchedulerAlertSlots } from './scheduler-alerts';

/** A soft delete and the alerts it ends, written all or none. */
export interface RemovalDecision {
  /** The scheduler afterwards. Its version is one above the version read. */
  readonly scheduler: Scheduler;
  readonly alertChanges: readonly AlertChange[];
}

export function decideRemoval(
  scheduler: Scheduler,
  slots: SchedulerAlertSlots,
  cause: Cause,
): RemovalDecision {
  const resolved = [slots.failure, slots.stale].map((slot) => resolveAlert(slot, 'scheduler removed', cause));
  return {
    scheduler: {
      ...scheduler,
      staleAlertId: null,
      removedAt: cause.now,
      updatedAt: cause.now,
      version: scheduler.version + 1,
    },
    alertChanges: resolved.filter((change) => change !== null),
  };
}
