import type { IdSource } from '../shared/id-source';
import type { OutboxEntry } from '../notifications/outbox';
import type { AlertEvent } from './alert-event';
import {
  LONGEST_TIMELINE,
  type Alert,
  type AlertCandidate,
  type AlertSlot,
  type TimelineEntry,
} from './alert';
import type { AlertChange } from './alert-change';
import { FLAPPING_WINDOW_MS, isFlapping, judgeFlapping } from './flapping';

/** Who caused a change, when; and where its ids come from. */
export interface Cause {
  readonly by: string;
  readonly now: Date;
  readonly ids: IdSource;
}

/** Opens an alert for the condition, or counts one more occurrence of the open one. */
export function raiseAlert(slot: AlertSlot, candidate: AlertCandidate, cause: Cause): AlertChange {
  return slot.open === null ? open(slot, candidate, cause) : repeat(slot, slot.open, candidate, cause);
}

function open(slot: AlertSlot, candidate: AlertCandidate, cause: Cause): AlertChange {
  const { now, by, ids } = cause;
  const verdict = judgeFlapping(slot, now);
  const event: AlertEvent = verdict.begins ? 'flapping' : 'opened';
  const alert: Alert = {
    ...candidate,
    ...NEW_ALERT,
    id: ids.next(),
    firstSeenAt: now,
    lastSeenAt: now,
    flapping: verdict.flapping,
    timeline: [{ at: now, what: event, by, note: null }],
  };
  return {
    alert,
    slot: { ...slot, ...withoutBegins(verdict), open: alert, version: slot.version + 1 },
    outbox: tell(alert, event, 'opened', verdict, cause),
  };
}

function repeat(slot: AlertSlot, current: Alert, candidate: AlertCandidate, cause: Cause): AlertChange {
  const flapping = isFlapping(slot, cause.now);
  const alert: Alert = {
    ...current,
    ...candidate,
    occurrences: current.occurrences + 1,
    lastSeenAt: cause.now,
    flapping,
    sequence: current.sequence + 1,
    timeline: extended(current, { at: cause.now, what: 'repeated', by: cause.by, note: null }),
  };
  return {
    alert,
    slot: { ...slot, open: alert, version: slot.version + 1 },
    outbox: flapping ? [] : [entry(alert, 'repeated', cause, 0)],
  };
}

/** Resolves the open alert of the slot. @returns `null` when none is open */
export function resolveAlert(slot: AlertSlot, resolution: string, cause: Cause): AlertChange | null {
  if (slot.open === null) return null;
  const { now, by } = cause;
  const verdict = judgeFlapping(slot, now);
  const event: AlertEvent = verdict.begins ? 'flapping' : 'resolved';
  const alert: Alert = {
    ...slot.open,
    status: 'resolved',
    resolvedAt: now,
    resolvedBy: by,
    resolution,
    flapping: verdict.flapping,
    sequence: slot.open.sequence + 1,
    timeline: extended(slot.open, { at: now, what: event, by, note: resolution }),
  };
  return {
    alert,
    slot: { ...slot, ...withoutBegins(verdict), open: null, version: slot.version + 1 },
    outbox: tell(alert, event, 'resolved', verdict, cause),
  };
}

/**
 * While an alert flaps it is told once that it does, and then how it ended up once it kept still for 30 minutes: each later
 * change leaves an entry that is due then, and the dispatcher drops those that a newer change has overtaken.
 */
function tell(
  alert: Alert,
  event: AlertEvent,
  settled: AlertEvent,
  verdict: { flapping: boolean; begins: boolean },
  cause: Cause,
): OutboxEntry[] {
  if (!verdict.flapping) return [entry(alert, event, cause, 0)];
  const later = entry(alert, settled, cause, FLAPPING_WINDOW_MS);
  return verdict.begins ? [entry(alert, 'flapping', cause, 0), later] : [later];
}

function entry(alert: Alert, event: AlertEvent, cause: Cause, delayMs: number): OutboxEntry {
  return {
    id: cause.ids.next(),
    event,
    alert,
    createdAt: cause.now,
    dueAt: new Date(cause.now.getTime() + delayMs),
  };
}

function extended(alert: Alert, step: TimelineEntry): readonly TimelineEntry[] {
  return [...alert.timeline, step].slice(-LONGEST_TIMELINE);
}

function withoutBegins({ recentChanges, flapping }: { recentChanges: readonly Date[]; flapping: boolean }) {
  return { recentChanges, flapping };
}

const NEW_ALERT = {
  status: 'firing',
  occurrences: 1,
  acknowledgedBy: null,
  acknowledgedAt: null,
  resolvedBy: null,
  resolvedAt: null,
  resolution: null,
  snoozedUntil: null,
  sequence: 1,
} as const satisfies Partial<Alert>;
