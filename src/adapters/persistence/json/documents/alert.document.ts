import type { Alert, Fact, TimelineEntry } from '../../../../domain/alerts/alert';
import { toInstant, toText, type Document, type DocumentMapping } from './document';

export const alertMapping: DocumentMapping<Alert> = {
  toDocument: (alert) => ({
    id: alert.id,
    dedupKey: alert.dedupKey,
    source: alert.source,
    severity: alert.severity,
    title: alert.title,
    summary: alert.summary,
    facts: alert.facts.map(toFactDocument),
    excerpt: alert.excerpt,
    timeZone: alert.timeZone,
    details: alert.details,
    labels: alert.labels,
    owner: { slackUserId: alert.owner.slackUserId, email: alert.owner.email },
    correlationId: alert.correlationId,
    status: alert.status,
    occurrences: alert.occurrences,
    firstSeenAt: alert.firstSeenAt.toISOString(),
    lastSeenAt: alert.lastSeenAt.toISOString(),
    acknowledgedBy: alert.acknowledgedBy,
    acknowledgedAt: toText(alert.acknowledgedAt),
    resolvedBy: alert.resolvedBy,
    resolvedAt: toText(alert.resolvedAt),
    resolution: alert.resolution,
    snoozedUntil: toText(alert.snoozedUntil),
    flapping: alert.flapping,
    timeline: alert.timeline.map(toTimelineDocument),
    sequence: alert.sequence,
  }),
  fromDocument: (document: Document<Alert>) => ({
    ...document,
    facts: document.facts.map(fromFactDocument),
    firstSeenAt: new Date(document.firstSeenAt),
    lastSeenAt: new Date(document.lastSeenAt),
    acknowledgedAt: toInstant(document.acknowledgedAt),
    resolvedAt: toInstant(document.resolvedAt),
    snoozedUntil: toInstant(document.snoozedUntil),
    timeline: document.timeline.map((step) => ({ ...step, at: new Date(step.at) })),
  }),
};

function toFactDocument(fact: Fact): Document<Fact> {
  return fact.kind === 'instant' ? { ...fact, at: fact.at.toISOString() } : fact;
}

function fromFactDocument(document: Document<Fact>): Fact {
  return document.kind === 'instant' ? { ...document, at: new Date(document.at) } : document;
}

function toTimelineDocument({ at, what, by, note }: TimelineEntry): Document<TimelineEntry> {
  return { at: at.toISOString(), what, by, note };
}
