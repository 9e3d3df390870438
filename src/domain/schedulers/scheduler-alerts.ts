import type { AlertCandidate, AlertSlot, Fact } from '../alerts/alert';
import type { JsonObject, JsonValue } from '../shared/json-value';
import type { Scheduler } from './scheduler';
import type { StatusUpdate } from './status-update';

/** What is open about one scheduler, read together with it. */
export interface SchedulerAlertSlots {
  readonly failure: AlertSlot;
  readonly stale: AlertSlot;
}

export function failureDedupKey(schedulerId: string): string {
  return `scheduler_failed:${schedulerId}`;
}

export function staleDedupKey(schedulerId: string): string {
  return `scheduler_stale:${schedulerId}`;
}

/** Spec 30: an alert shows the first ten keys of the metadata. */
const METADATA_FACTS = 10;
const LONGEST_METADATA_FACT = 200;

export function failureCandidate(
  scheduler: Scheduler,
  update: StatusUpdate,
  timeZone: string,
  correlationId: string,
): AlertCandidate {
  const facts: Fact[] = [...identityFacts(scheduler)];
  if (update.runId !== null) facts.push({ label: 'Run', kind: 'text', text: update.runId });
  if (scheduler.executionTimeMs !== null) {
    facts.push({ label: 'Execution time', kind: 'duration', ms: scheduler.executionTimeMs });
  }
  facts.push({ label: 'Failed at', kind: 'instant', at: update.timestamp });
  facts.push(...metadataFacts(update.metadata));
  return {
    ...common(scheduler, timeZone, correlationId),
    dedupKey: failureDedupKey(scheduler.schedulerId),
    source: 'scheduler_failed',
    severity: 'critical',
    title: `${scheduler.serviceName} · ${scheduler.jobName} failed`,
    summary: firstLine(update.errorMessage ?? 'no error message'),
    facts,
    excerpt: update.errorMessage,
    details: {
      ...identityDetails(scheduler),
      error_message: update.errorMessage,
      execution_time_ms: scheduler.executionTimeMs,
      metadata: update.metadata,
    },
  };
}

export function staleCandidate(
  scheduler: Scheduler,
  timeoutMs: number,
  now: Date,
  timeZone: string,
  correlationId: string,
): AlertCandidate {
  const lastSign = scheduler.lastHeartbeat ?? scheduler.updatedAt;
  const silentMs = now.getTime() - lastSign.getTime();
  const facts: Fact[] = [
    ...identityFacts(scheduler),
    { label: 'Last heartbeat', kind: 'instant', at: lastSign },
    { label: 'Silent for', kind: 'duration', ms: silentMs },
    { label: 'Timeout', kind: 'duration', ms: timeoutMs },
  ];
  if (scheduler.startedAt !== null)
    facts.push({ label: 'Running since', kind: 'instant', at: scheduler.startedAt });
  return {
    ...common(scheduler, timeZone, correlationId),
    dedupKey: staleDedupKey(scheduler.schedulerId),
    source: 'scheduler_stale',
    severity: 'warning',
    title: `${scheduler.serviceName} · ${scheduler.jobName} fell silent`,
    summary: 'running, but no heartbeat within its timeout',
    facts,
    excerpt: null,
    details: { ...identityDetails(scheduler), last_heartbeat: lastSign.toISOString(), timeout_ms: timeoutMs },
  };
}

function common(scheduler: Scheduler, timeZone: string, correlationId: string) {
  return {
    timeZone,
    labels: {
      scheduler_id: scheduler.schedulerId,
      service: scheduler.serviceName,
      job: scheduler.jobName,
      tags: scheduler.tags.join(','),
    },
    owner: { slackUserId: scheduler.alertUserId, email: scheduler.ownerEmail },
    correlationId,
  };
}

function identityFacts(scheduler: Scheduler): readonly Fact[] {
  return [
    { label: 'Service', kind: 'text', text: scheduler.serviceName },
    { label: 'Job', kind: 'text', text: scheduler.jobName },
    { label: 'Scheduler', kind: 'text', text: scheduler.schedulerId },
  ];
}

function identityDetails(scheduler: Scheduler): JsonObject {
  return {
    scheduler_id: scheduler.schedulerId,
    service_name: scheduler.serviceName,
    job_name: scheduler.jobName,
    run_id: scheduler.runId,
  };
}

function metadataFacts(metadata: JsonObject | null): readonly Fact[] {
  return Object.entries(metadata ?? {})
    .slice(0, METADATA_FACTS)
    .map(([label, value]) => ({ label, kind: 'text', text: shown(value) }));
}

function shown(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_METADATA_FACT
    ? `${text.slice(0, LONGEST_METADATA_FACT).toWellFormed()}…`
    : text;
}

function firstLine(text: string): string {
  const line = text.trimStart().split('\n', 1)[0] ?? '';
  return line.length > LONGEST_METADATA_FACT
    ? `${line.slice(0, LONGEST_METADATA_FACT).toWellFormed()}…`
    : line;
}
