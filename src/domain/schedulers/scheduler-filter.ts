import type { Scheduler, SchedulerStatus } from './scheduler';
import { isStale } from './staleness';

/** Which schedulers a list shows; `null` means any. */
export interface SchedulerFilter {
  readonly status: SchedulerStatus | null;
  readonly serviceName: string | null;
  readonly tag: string | null;
  /** Says whether a scheduler belongs to the asked window. */
  readonly inWindow: ((scheduler: Scheduler) => boolean) | null;
  readonly stale: boolean | null;
  /** Substring of id, service or job, whatever its case. */
  readonly q: string | null;
  readonly defaultTimeoutMinutes: number;
  readonly now: Date;
}

export function matchesFilter(scheduler: Scheduler, filter: SchedulerFilter): boolean {
  if (filter.status !== null && scheduler.status !== filter.status) return false;
  if (filter.serviceName !== null && scheduler.serviceName !== filter.serviceName) return false;
  if (filter.tag !== null && !scheduler.tags.includes(filter.tag)) return false;
  if (filter.inWindow !== null && !filter.inWindow(scheduler)) return false;
  if (filter.stale !== null && isStale(scheduler, filter.defaultTimeoutMinutes, filter.now) !== filter.stale)
    return false;
  return filter.q === null || containsText(scheduler, filter.q.toLowerCase());
}

function containsText(scheduler: Scheduler, text: string): boolean {
  return [scheduler.schedulerId, scheduler.serviceName, scheduler.jobName].some((field) =>
    field.toLowerCase().includes(text),
  );
}
