import {
  ALERT_SOURCES,
  type Alert,
  type AlertSeverity,
  type AlertStatus,
  type Fact,
  type TimelineEntry,
} from '../../../domain/alerts/alert';
import type { JsonObject } from '../../../domain/shared/json-value';
import { count, double, flag, instant, itemOf, json, list, optional, text, type Item } from './attributes';
import type { ItemReader } from './item.reader';

const SEVERITIES = ['critical', 'warning', 'info'] as const satisfies readonly AlertSeverity[];
const STATUSES = ['firing', 'acknowledged', 'resolved'] as const satisfies readonly AlertStatus[];
const STEPS = [
  'opened',
  'repeated',
  'resolved',
  'flapping',
] as const satisfies readonly TimelineEntry['what'][];
const FACT_KINDS = ['text', 'instant', 'duration'] as const satisfies readonly Fact['kind'][];

/** The alert itself: the body of its own item, and of the snapshots that slot, outbox and queue carry. */
export function toAlertItem(alert: Alert): Item {
  return itemOf({
    alert_id: text(alert.id),
    dedup_key: text(alert.dedupKey),
    source: text(alert.source),
    severity: text(alert.severity),
    status: text(alert.status),
    title: text(alert.title),
    summary: text(alert.summary),
    facts: list(alert.facts.map(toFactItem)),
    excerpt: optional(alert.excerpt, text),
    time_zone: text(alert.timeZone),
    details: json(alert.details),
    labels: json(alert.labels),
    owner_slack_user_id: optional(alert.owner.slackUserId, text),
    owner_email: optional(alert.owner.email, text),
    correlation_id: text(alert.correlationId),
    occurrences: count(alert.occurrences),
    first_seen_at: instant(alert.firstSeenAt),
    last_seen_at: instant(alert.lastSeenAt),
    acknowledged_by: optional(alert.acknowledgedBy, text),
    acknowledged_at: optional(alert.acknowledgedAt, instant),
    resolved_by: optional(alert.resolvedBy, text),
    resolved_at: optional(alert.resolvedAt, instant),
    resolution: optional(alert.resolution, text),
    snoozed_until: optional(alert.snoozedUntil, instant),
    flapping: flag(alert.flapping),
    timeline: list(alert.timeline.map(toTimelineItem)),
    sequence: count(alert.sequence),
  });
}

/** @throws UnreadableItem */
export function fromAlertItem(reader: ItemReader): Alert {
  return {
    id: reader.text('alert_id'),
    dedupKey: reader.text('dedup_key'),
    source: reader.oneOf('source', ALERT_SOURCES),
    severity: reader.oneOf('severity', SEVERITIES),
    status: reader.oneOf('status', STATUSES),
    title: reader.text('title'),
    summary: reader.text('summary'),
    facts: reader.list('facts').map(fromFactItem),
    excerpt: reader.textOrNull('excerpt'),
    timeZone: reader.text('time_zone'),
    details: reader.object<JsonObject>('details'),
    labels: reader.object<Record<string, string>>('labels'),
    owner: { slackUserId: reader.textOrNull('owner_slack_user_id'), email: reader.textOrNull('owner_email') },
    correlationId: reader.text('correlation_id'),
    occurrences: reader.count('occurrences'),
    firstSeenAt: reader.instant('first_seen_at'),
    lastSeenAt: reader.instant('last_seen_at'),
    acknowledgedBy: reader.textOrNull('acknowledged_by'),
    acknowledgedAt: reader.instantOrNull('acknowledged_at'),
    resolvedBy: reader.textOrNull('resolved_by'),
    resolvedAt: reader.instantOrNull('resolved_at'),
    resolution: reader.textOrNull('resolution'),
    snoozedUntil: reader.instantOrNull('snoozed_until'),
    flapping: reader.flag('flapping'),
    timeline: reader.list('timeline').map(fromTimelineItem),
    sequence: reader.count('sequence'),
  };
}

function toFactItem(fact: Fact): Item {
  const head = { label: text(fact.label), kind: text(fact.kind) };
  switch (fact.kind) {
    case 'text':
      return { ...head, value: text(fact.text) };
    case 'instant':
      return { ...head, value: instant(fact.at) };
    case 'duration':
      return { ...head, value: double(fact.ms) };
  }
}

function fromFactItem(reader: ItemReader): Fact {
  const label = reader.text('label');
  const kind = reader.oneOf('kind', FACT_KINDS);
  switch (kind) {
    case 'text':
      return { label, kind, text: reader.text('value') };
    case 'instant':
      return { label, kind, at: reader.instant('value') };
    case 'duration':
      return { label, kind, ms: reader.double('value') };
  }
}

function toTimelineItem(step: TimelineEntry): Item {
  return itemOf({
    at: instant(step.at),
    what: text(step.what),
    by: text(step.by),
    note: optional(step.note, text),
  });
}

function fromTimelineItem(reader: ItemReader): TimelineEntry {
  return {
    at: reader.instant('at'),
    what: reader.oneOf('what', STEPS),
    by: reader.text('by'),
    note: reader.textOrNull('note'),
  };
}
