import type { MessageReference } from '../notifications/delivery';
import type { EodWindow } from './eod-window';
import { SUMMARY_GRACE_MS, type Occurrence } from './occurrence';

/** One message of a night, as far as it is known to be in the channel. */
export interface NightMessage {
  /** `null` until it is known to be posted. */
  readonly reference: MessageReference | null;
  /** When a post of it began whose outcome is not known; written before anything is sent. */
  readonly sendingSince: Date | null;
}

/** What was posted for one occurrence of a window. The storage's copy decides which instance did what. */
export interface Night extends Occurrence {
  readonly windowName: string;
  /** The table's messages: the main one, then its continuations. */
  readonly messages: readonly NightMessage[];
  /** Grows when the table had to be posted anew because somebody deleted it. */
  readonly generation: number;
  /** The last table step that was carried out in full. */
  readonly lastStepAt: Date | null;
  readonly summary: NightMessage;
  /** Set when last edit and summary are done: nothing more will happen. */
  readonly closedAt: Date | null;
  /** 0 while nothing was stored yet. */
  readonly version: number;
}

export const UNSENT: NightMessage = { reference: null, sendingSince: null };

export function newNight(window: EodWindow, occurrence: Occurrence): Night {
  return {
    ...occurrence,
    windowName: window.name,
    messages: [],
    generation: 0,
    lastStepAt: null,
    summary: UNSENT,
    closedAt: null,
    version: 0,
  };
}

/** What is to be done for a night now. A missed table step is made up by the newest one. */
export type NightStep = { readonly kind: 'table'; readonly at: Date } | { readonly kind: 'close' };

/** @returns `null` when nothing is due */
export function dueStep(window: EodWindow, night: Night, now: Date): NightStep | null {
  const at = newestStep(window, night, now);
  if (at === null || night.closedAt !== null) return null;
  if (at === 'close') return { kind: 'close' };
  return night.lastStepAt !== null && night.lastStepAt >= at ? null : { kind: 'table', at };
}

/** The newest step whose time has come, done or not; `close` from the end on until the grace is over. */
export function newestStep(window: EodWindow, occurrence: Occurrence, now: Date): Date | 'close' | null {
  const { startsAt, endsAt } = occurrence;
  if (now < startsAt || now.getTime() > endsAt.getTime() + SUMMARY_GRACE_MS) return null;
  if (now >= endsAt) return 'close';
  const intervalMs = window.intervalMinutes * 60_000;
  const steps = Math.floor((now.getTime() - startsAt.getTime()) / intervalMs);
  return new Date(startsAt.getTime() + steps * intervalMs);
}

/** When the table will be edited next after `step`; `null` after the last edit. */
export function stepAfter(window: EodWindow, occurrence: Occurrence, step: NightStep): Date | null {
  if (step.kind === 'close') return null;
  const next = new Date(step.at.getTime() + window.intervalMinutes * 60_000);
  return next < occurrence.endsAt ? next : occurrence.endsAt;
}
