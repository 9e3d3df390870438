import { randomUUID } from 'node:crypto';
import { checkReport, checkScript } from './check-script';
import { Job } from './job';
import type { Family, JobScript, Report } from './job-script';

/**
 * Where each family begins to count. Planning and Data Integration begin at the same number on purpose: the same id
 * means two jobs. Account Reconciliation's ids are long.
 */
const FIRST_ID: Readonly<Record<Exclude<Family, 'edm'>, number>> = {
  planning: 101,
  'data-integration': 101,
  arcs: 100_000_103_240_030,
};

export interface JobBookOptions {
  readonly families: readonly Family[];
  readonly applications: readonly string[];
  readonly now: () => number;
}

/** The jobs of one pod, each family with a number space of its own. */
export class JobBook {
  private jobs: Job[] = [];

  constructor(private readonly options: JobBookOptions) {}

  /** Throws with a sentence when the pod cannot run this. */
  start(value: unknown): Job {
    const script = checkScript(value);
    const { families, applications, now } = this.options;
    if (!families.includes(script.family)) throw new Error(`this pod does not know ${script.family}`);
    const application = script.family === 'planning' ? (script.application ?? applications[0] ?? '') : null;
    if (application !== null && !applications.includes(application))
      throw new Error(`this pod has no application ${application}`);
    const id = script.id ?? this.nextId(script.family);
    if (this.at(script.family, id)) throw new Error(`${script.family} has a job ${id} already`);
    const job = new Job(id, application, script, now);
    this.jobs.push(job);
    return job;
  }

  /** As an operator of the fake sees them, those not yet started included. */
  list(): readonly Job[] {
    return this.jobs;
  }

  /** As the status call finds them: by the id exactly as it stands in the path. */
  find(family: Family, id: string): Job | null {
    const job = this.jobs.find((candidate) => candidate.family === family && String(candidate.id) === id);
    return job?.isKnown ? job : null;
  }

  /** Throws when there is none. */
  get(family: Family, id: number | string): Job {
    const job = this.at(family, id);
    if (!job) throw new Error(`${family} has no job ${id}`);
    return job;
  }

  finish(family: Family, id: number | string, ends?: JobScript['ends']): void {
    const job = this.get(family, id);
    if (ends !== undefined) checkScript({ ...job.scriptOf(family), ends });
    job.finish(ends);
  }

  say(family: Family, id: number | string, report: Partial<Report>): void {
    this.get(family, id).say(checkReport(family, report));
  }

  /** What the daily restart leaves behind: jobs that are no more, and still "in progress". */
  strandRunning(): void {
    for (const job of this.jobs) if (job.isRunning) job.strand();
  }

  clear(): void {
    this.jobs = [];
  }

  private at(family: Family, id: number | string): Job | null {
    return this.jobs.find((job) => job.family === family && String(job.id) === String(id)) ?? null;
  }

  private nextId(family: Family): number | string {
    if (family === 'edm') return randomUUID();
    const taken = this.jobs.filter((job) => job.family === family).map(({ id }) => Number(id));
    return Math.max(FIRST_ID[family] - 1, ...taken) + 1;
  }
}
