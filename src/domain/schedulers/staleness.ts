import type { Scheduler } from './scheduler';

/** When silence is looked for. */
export interface StaleRules {
  readonly defaultTimeoutMinutes: number;
  /** `window`: only while one of the scheduler's EOD windows is open. */
  readonly scan: 'window' | 'always';
}

export const StaleRules = Symbol('StaleRules');

const MINUTE_MS = 60_000;

/** How long this scheduler may be silent while running. */
export function staleTimeoutMs(
  scheduler: Pick<Scheduler, 'heartbeatTimeoutMinutes'>,
  defaultTimeoutMinutes: number,
): number {
  return (scheduler.heartbeatTimeoutMinutes ?? defaultTimeoutMinutes) * MINUTE_MS;
}

/** Running, and no heartbeat or status update for longer than its timeout. */
export function isStale(scheduler: Scheduler, defaultTimeoutMinutes: number, now: Date): boolean {
  if (scheduler.status !== 'running' || scheduler.lastHeartbeat === null) return false;
  return now.getTime() - scheduler.lastHeartbeat.getTime() > staleTimeoutMs(scheduler, defaultTimeoutMinutes);
}
