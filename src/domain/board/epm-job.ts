import type { CellStatus, DatedUpdate } from './cell';

/** What one app knows of one job. */
export interface EpmJob {
  readonly jobId: string;
  /** `Warning` once any domain ended with it; else `Loading` until all have ended; `Blank` when nobody said how it ended and nobody will. */
  readonly status: CellStatus;
  /** The earliest begin; `null` when only the end was heard of. */
  readonly startedAt: Date | null;
  /** When the last domain ended; `null` while one is loading. */
  readonly completedAt: Date | null;
  /** Domains that are loading under this job. */
  readonly openDomains: readonly string[];
}

/** A job over all apps that it fills. */
export interface RecentJob {
  readonly jobId: string;
  readonly apps: readonly string[];
  readonly status: EpmJob['status'];
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
}

const WORST_FIRST: readonly CellStatus[] = ['Warning', 'Loading', 'Blank', 'OK'];

/** Spec 20, "Rules of a cell". */
export const RECENT_JOBS = 50;

/**
 * The jobs of an app after one update of one domain, newest last.
 * @param recovers the domain was the only one of the app that had ended this job with a `Warning`
 */
export function withJobUpdate(
  jobs: readonly EpmJob[],
  update: DatedUpdate,
  recovers = false,
): readonly EpmJob[] {
  const { jobId } = update;
  if (jobId === null || update.status === 'Blank') return jobs;
  const known = findJob(jobs, jobId);
  const next =
    update.status === 'Loading' ? opened(known, jobId, update) : ended(known, jobId, update, recovers);
  return replaced(jobs, known, next);
}

/**
 * The jobs after a domain has turned to something else while `jobId` was loading in it: of that run nobody will say how it ended.
 * @param at when it turned
 */
export function withJobLeft(
  jobs: readonly EpmJob[],
  jobId: string,
  domain: string,
  at: Date,
): readonly EpmJob[] {
  const known = findJob(jobs, jobId);
  if (known === null || !known.openDomains.includes(domain)) return jobs;
  const openDomains = known.openDomains.filter((open) => open !== domain);
  if (openDomains.length > 0) return replaced(jobs, known, { ...known, openDomains });
  const status = known.status === 'Loading' ? 'Blank' : known.status;
  return replaced(jobs, known, { ...known, openDomains, status, completedAt: latest(known.completedAt, at) });
}

export function findJob(jobs: readonly EpmJob[], jobId: string | null): EpmJob | null {
  return jobs.find((job) => job.jobId === jobId) ?? null;
}

/** The very same list when nothing new was said: what is heard again leaves no trace. */
function replaced(jobs: readonly EpmJob[], known: EpmJob | null, next: EpmJob): readonly EpmJob[] {
  if (known !== null && isSame(known, next)) return jobs;
  return [...jobs.filter((job) => job !== known), next]
    .toSorted((a, b) => momentOf(a) - momentOf(b))
    .slice(-RECENT_JOBS);
}

function isSame(a: EpmJob, b: EpmJob): boolean {
  return (
    a.status === b.status &&
    a.startedAt?.getTime() === b.startedAt?.getTime() &&
    a.completedAt?.getTime() === b.completedAt?.getTime() &&
    a.openDomains.join('\n') === b.openDomains.join('\n')
  );
}

function opened(known: EpmJob | null, jobId: string, { domain, timestamp }: DatedUpdate): EpmJob {
  // A begin that is heard of after its end belongs to the run that ended; one from after the end begins another run.
  const late = known?.completedAt != null && timestamp.getTime() <= known.completedAt.getTime();
  if (known !== null && late) return { ...known, startedAt: earliest(known.startedAt, timestamp) };
  const again = known !== null && known.openDomains.length === 0;
  if (known === null || again)
    return { jobId, status: 'Loading', startedAt: timestamp, completedAt: null, openDomains: [domain] };
  return {
    ...known,
    startedAt: earliest(known.startedAt, timestamp),
    openDomains: known.openDomains.includes(domain) ? known.openDomains : [...known.openDomains, domain],
  };
}

function ended(
  known: EpmJob | null,
  jobId: string,
  { domain, timestamp, status }: DatedUpdate,
  recovers: boolean,
): EpmJob {
  // The end of an earlier run of the same id, heard of after the next has begun.
  if (known?.startedAt != null && timestamp.getTime() < known.startedAt.getTime()) return known;
  const openDomains = (known?.openDomains ?? []).filter((open) => open !== domain);
  const failed = status === 'Warning' || (known?.status === 'Warning' && !recovers);
  return {
    jobId,
    status: failed ? 'Warning' : openDomains.length > 0 ? 'Loading' : 'OK',
    startedAt: known?.startedAt ?? null,
    completedAt: openDomains.length > 0 ? null : latest(known?.completedAt ?? null, timestamp),
    openDomains,
  };
}

/** Jobs of several apps as one list, newest first. */
export function mergeJobs(
  jobsOfApps: readonly { readonly app: string; readonly jobs: readonly EpmJob[] }[],
): readonly RecentJob[] {
  const merged = new Map<string, RecentJob>();
  for (const { app, jobs } of jobsOfApps) {
    for (const job of jobs) {
      const key = identityOf(app, job);
      merged.set(key, joined(merged.get(key) ?? null, app, job));
    }
  }
  return [...merged.values()].toSorted((a, b) => momentOf(b) - momentOf(a)).slice(0, RECENT_JOBS);
}

/** Each server of EPM numbers its jobs by itself: the same number in two apps may well be two jobs. A name that somebody made up is one. */
function identityOf(app: string, { jobId }: EpmJob): string {
  return /^\d+$/.test(jobId) ? `${app} ${jobId}` : jobId;
}

function joined(before: RecentJob | null, app: string, job: EpmJob): RecentJob {
  const { jobId, status, startedAt, completedAt } = job;
  if (before === null) return { jobId, apps: [app], status, startedAt, completedAt };
  const statuses = [before.status, status];
  return {
    jobId,
    apps: [...before.apps, app],
    status: WORST_FIRST.find((one) => statuses.includes(one)) ?? status,
    startedAt: startedAt === null ? before.startedAt : earliest(before.startedAt, startedAt),
    completedAt:
      before.completedAt === null || completedAt === null ? null : latest(before.completedAt, completedAt),
  };
}

/** By when it last was heard of anything new. */
function momentOf({ startedAt, completedAt }: Pick<EpmJob, 'startedAt' | 'completedAt'>): number {
  return (startedAt ?? completedAt ?? new Date(0)).getTime();
}

function earliest(known: Date | null, other: Date): Date {
  return known !== null && known.getTime() < other.getTime() ? known : other;
}

function latest(known: Date | null, other: Date): Date {
  return known !== null && known.getTime() > other.getTime() ? known : other;
}
