import type { Scheduler, SchedulerProfile } from './scheduler';

/**
 * A first registration makes a pending scheduler; a repeated one replaces the profile and keeps status, history and creation time.
 * Registering a removed id revives it; the revival counts as a sign of life, so that a run from before the removal is not called silent at once.
 */
export function decideRegistration(
  existing: Scheduler | null,
  profile: SchedulerProfile,
  now: Date,
): Scheduler {
  if (existing === null) {
    return { ...profile, ...NEVER_RAN, createdAt: now, updatedAt: now, removedAt: null, version: 1 };
  }
  const revivedWhileRunning = existing.removedAt !== null && existing.status === 'running';
  const heardBefore = existing.lastHeartbeat;
  return {
    ...existing,
    ...profile,
    lastHeartbeat: revivedWhileRunning && (heardBefore === null || heardBefore < now) ? now : heardBefore,
    removedAt: null,
    updatedAt: now,
    version: existing.version + 1,
  };
}

const NEVER_RAN = {
  status: 'pending',
  statusAt: null,
  executionTimeMs: null,
  executionTimeSource: null,
  errorMessage: null,
  metadata: null,
  runId: null,
  startedAt: null,
  openRuns: [],
  currentEntryId: null,
  lastHeartbeat: null,
  staleAlertId: null,
} as const satisfies Partial<Scheduler>;
