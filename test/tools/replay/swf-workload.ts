import type { Night, NightRule } from './night';
import type { SwfEntry, SwfJob } from './swf';
import type { Job, SchedulerSpec, Workload } from './workload';

/** Opens the log anew: it is read twice, so that a log of any length fits the memory. */
export type SwfSource = () => AsyncIterable<SwfEntry>;

/** What one reading of the whole log tells. */
export interface LogSurvey {
  readonly jobs: number;
  /** By scheduler id; described by the application's first job, so that it is the same on each night. */
  readonly schedulers: ReadonlyMap<string, SchedulerSpec>;
  readonly jobsPerNight: ReadonlyMap<string, number>;
  readonly badLines: readonly { readonly lineNumber: number; readonly reason: string }[];
  /** Lines in order that tell no playable run, by reason. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/** Reads the log once: its applications, the jobs of each night, and what is wrong with it. */
export async function surveyLog(source: SwfSource, rule: NightRule, prefix: string): Promise<LogSurvey> {
  let jobs = 0;
  const names = new HeaderNames();
  const schedulers = new Map<string, SchedulerSpec>();
  const jobsPerNight = new Map<string, number>();
  const badLines: { lineNumber: number; reason: string }[] = [];
  const leftOut = new Map<string, number>();
  for await (const entry of source()) {
    if (entry.kind === 'header') names.learn(entry.name, entry.value);
    else if (entry.kind === 'bad') badLines.push({ lineNumber: entry.lineNumber, reason: entry.reason });
    else if (entry.kind === 'left-out') increment(leftOut, entry.reason);
    else {
      jobs += 1;
      const id = schedulerIdOf(entry.job, prefix);
      if (!schedulers.has(id)) schedulers.set(id, describeScheduler(entry.job, names, prefix));
      const night = rule.findNight(entry.job.startAt);
      if (night !== null) increment(jobsPerNight, night.date);
    }
  }
  return { jobs, schedulers, jobsPerNight, badLines, leftOut };
}

/** The jobs that start in one night, with their schedulers (or all of the log's, when asked for). */
export async function loadNight(
  source: SwfSource,
  survey: LogSurvey,
  night: Night,
  options: { readonly prefix: string; readonly allApplications: boolean },
): Promise<Workload> {
  const jobs: Job[] = [];
  const seen = new Set<string>();
  for await (const entry of source()) {
    if (entry.kind !== 'job') continue;
    if (entry.job.startAt < night.startAt || entry.job.startAt >= night.endAt) continue;
    const job = toJob(entry.job, options.prefix);
    jobs.push(job);
    seen.add(job.schedulerId);
  }
  const schedulers = [...survey.schedulers.values()].filter(
    ({ schedulerId }) => options.allApplications || seen.has(schedulerId),
  );
  return { schedulers, jobs };
}

/** Names that a log's header gives to its queues and (in the notes of some logs) groups of users. */
class HeaderNames {
  private readonly queues = new Map<number, string>();
  private readonly groups = new Map<number, string>();

  learn(name: string, value: string): void {
    const queue = name === 'Queue' ? /^(\d+)\s+(.+)$/.exec(value) : null;
    if (queue !== null) this.queues.set(Number(queue[1]), capitalised(queue[2] ?? ''));
    const group = name === 'Note' ? /^group (\d+) is (.+)$/.exec(value) : null;
    if (group !== null) this.groups.set(Number(group[1]), capitalised(group[2] ?? ''));
  }

  serviceOf(job: SwfJob): string {
    if (job.queue !== null) return this.queues.get(job.queue) ?? `Queue ${job.queue}`;
    if (job.group !== null) return this.groups.get(job.group) ?? `Group ${job.group}`;
    return 'Unknown group';
  }
}

function describeScheduler(job: SwfJob, names: HeaderNames, prefix: string): SchedulerSpec {
  const user = job.user === null ? null : String(job.user).padStart(3, '0');
  const application = job.application === null ? 'Unknown application' : `Application ${job.application}`;
  return {
    schedulerId: schedulerIdOf(job, prefix),
    serviceName: names.serviceOf(job),
    // jobs without an application number come from many users: none of them owns the scheduler
    jobName: job.application === null || user === null ? application : `${application} of user ${user}`,
    ownerEmail: job.application === null || user === null ? null : `user-${user}@example.com`,
    tags: ['replay', prefix],
  };
}

function schedulerIdOf(job: SwfJob, prefix: string): string {
  const application = job.application === null ? 'unknown' : String(job.application).padStart(4, '0');
  return `${prefix}-app-${application}`;
}

function toJob(job: SwfJob, prefix: string): Job {
  const metadata: Record<string, string | number> = { log_started_at: job.startAt.toISOString() };
  if (job.processors !== null) metadata.processors = job.processors;
  if (job.user !== null) metadata.user = job.user;
  return {
    runId: String(job.number),
    schedulerId: schedulerIdOf(job, prefix),
    startAt: job.startAt,
    runTimeMs: job.runTimeSeconds * 1000,
    metadata,
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).trim();
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
