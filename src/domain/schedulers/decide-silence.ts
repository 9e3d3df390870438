import type { AlertChange } from '../alerts/alert-change';
import { raiseAlert, resolveAlert, type Cause } from '../alerts/raise-alert';
import type { AlertSlot } from '../alerts/alert';
import type { Scheduler } from './scheduler';
import { staleCandidate } from './scheduler-alerts';
import { isStale, staleTimeoutMs } from './staleness';

/** That a scheduler fell silent, or is heard again; written all or none. */
export interface SilenceDecision {
  /** The scheduler afterwards, version one above the version read, last heartbeat as read. */
  readonly scheduler: Scheduler;
  readonly alertChanges: readonly AlertChange[];
}

export interface SilenceCircumstances {
  readonly slot: AlertSlot;
  readonly defaultTimeoutMinutes: number;
  readonly timeZone: string;
  readonly correlationId: string;
  readonly cause: Cause;
}

/** One warning per stale episode: raised when the silence is found, resolved when it has ended. @returns `null` when nothing changes */
export function decideSilence(
  scheduler: Scheduler,
  circumstances: SilenceCircumstances,
): SilenceDecision | null {
  const { slot, defaultTimeoutMinutes, timeZone, correlationId, cause } = circumstances;
  const stale = scheduler.removedAt === null && isStale(scheduler, defaultTimeoutMinutes, cause.now);
  if (stale === (scheduler.staleAlertId !== null)) return null;
  const change = stale
    ? raiseAlert(
        slot,
        staleCandidate(
          scheduler,
          staleTimeoutMs(scheduler, defaultTimeoutMinutes),
          cause.now,
          timeZone,
          correlationId,
        ),
        cause,
      )
    : resolveAlert(slot, 'heartbeat received', cause);
  const staleAlertId = stale && change !== null ? change.alert.id : null;
  return {
    scheduler: { ...scheduler, staleAlertId, version: scheduler.version + 1 },
    alertChanges: change === null ? [] : [change],
  };
}
