import type { JsonObject } from '../shared/json-value';

export const ALERT_SOURCES = [
  'scheduler_failed',
  'scheduler_stale',
  'scheduler_missed',
  'board_warning',
  'board_stale',
  'board_idle',
  'rule',
  'external',
] as const;
export type AlertSource = (typeof ALERT_SOURCES)[number];

export type AlertSeverity = 'critical' | 'warning' | 'info';
export type AlertStatus = 'firing' | 'acknowledged' | 'resolved';

/** Whom to address. */
export interface AlertOwner {
  /** Slack user or user group. */
  readonly slackUserId: string | null;
  readonly email: string | null;
}

/** One step in an alert's life. */
export interface TimelineEntry {
  readonly at: Date;
  readonly what: 'opened' | 'repeated' | 'resolved' | 'flapping';
  /** API key, user or worker that caused it. */
  readonly by: string;
  readonly note: string | null;
}

/** One fact of an alert, in the order in which it is to be read. */
export type Fact = { readonly label: string } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'instant'; readonly at: Date }
  | { readonly kind: 'duration'; readonly ms: number }
);

/** What a condition says about itself each time it is seen. */
export interface AlertCandidate {
  /** One alert at a time is open for a dedup key. */
  readonly dedupKey: string;
  readonly source: AlertSource;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly summary: string;
  readonly facts: readonly Fact[];
  /** Verbatim text from outside (an error message, a log excerpt), shown as code. */
  readonly excerpt: string | null;
  /** Zone in which people read its times. */
  readonly timeZone: string;
  readonly details: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner: AlertOwner;
  readonly correlationId: string;
}

/** A condition that somebody must know of. Immutable. */
export interface Alert extends AlertCandidate {
  readonly id: string;
  readonly status: AlertStatus;
  readonly occurrences: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: Date | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: Date | null;
  /** Why it was resolved, in a few words. */
  readonly resolution: string | null;
  readonly snoozedUntil: Date | null;
  readonly flapping: boolean;
  /** The newest {@link LONGEST_TIMELINE} steps. */
  readonly timeline: readonly TimelineEntry[];
  /** Number of the last event; events of one alert are delivered in this order. */
  readonly sequence: number;
}

/** Keeps an alert that repeats for months within a storage item's size. */
export const LONGEST_TIMELINE = 100;

/** What is remembered per dedup key: the open alert, and the recent opens and resolves that tell flapping. */
export interface AlertSlot {
  readonly dedupKey: string;
  readonly open: Alert | null;
  /** Instants of recent opens and resolves, oldest first. */
  readonly recentChanges: readonly Date[];
  readonly flapping: boolean;
  /** 0 while nothing was ever stored for the key. */
  readonly version: number;
}

export function emptySlot(dedupKey: string): AlertSlot {
  return { dedupKey, open: null, recentChanges: [], flapping: false, version: 0 };
}
