import type { PlannedCall } from './plan';
import type { SchedulerSpec } from './workload';

/** `list` is the look at the end state; the others are what a monitored service sends. */
export const CALL_KINDS = ['register', 'running', 'heartbeat', 'completed', 'failed', 'list'] as const;
export type CallKind = (typeof CALL_KINDS)[number];

/** A call as it goes over HTTP; made once, so that a retry repeats it to the letter and stays idempotent. */
export interface WireCall {
  readonly kind: CallKind;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | null;
}

const SCHEDULERS = '/api/v1/schedulers';

export function toRegistration(scheduler: SchedulerSpec): WireCall {
  const body = {
    scheduler_id: scheduler.schedulerId,
    service_name: scheduler.serviceName,
    job_name: scheduler.jobName,
    tags: scheduler.tags,
    ...(scheduler.ownerEmail === null ? {} : { owner_email: scheduler.ownerEmail }),
  };
  return { kind: 'register', method: 'POST', path: `${SCHEDULERS}/register`, body };
}

/** @param at the event's time as Vesper shall see it. */
export function toWireCall(call: PlannedCall, at: Date): WireCall {
  const id = call.scheduler.schedulerId;
  const path = `${SCHEDULERS}/${encodeURIComponent(id)}`;
  if (call.kind === 'heartbeat') {
    return { kind: 'heartbeat', method: 'POST', path: `${path}/heartbeat`, body: { scheduler_id: id } };
  }
  const body = {
    scheduler_id: id,
    service_name: call.scheduler.serviceName,
    job_name: call.scheduler.jobName,
    status: call.kind,
    timestamp: at.toISOString(),
    run_id: call.runId,
    ...(call.kind === 'running' ? { metadata: call.metadata } : { execution_time_ms: call.executionTimeMs }),
    ...(call.kind === 'failed' ? { error_message: call.errorMessage } : {}),
  };
  return { kind: call.kind, method: 'PUT', path: `${path}/status`, body };
}

/** The list of schedulers, from its first page or from the one a `Link` header names. */
export function toListCall(path = `${SCHEDULERS}?limit=1000`): WireCall {
  return { kind: 'list', method: 'GET', path, body: null };
}
