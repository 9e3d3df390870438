/** One scheduler to register: the facts of POST /schedulers/register. */
export interface SchedulerSpec {
  readonly schedulerId: string;
  readonly serviceName: string;
  readonly jobName: string;
  readonly ownerEmail: string | null;
  readonly tags: readonly string[];
}

/** One run of a scheduler, as its source tells it. Runs of one scheduler may overlap. */
export interface Job {
  readonly runId: string;
  readonly schedulerId: string;
  /** When it started, in the time of the source (1993 for the NASA log). */
  readonly startAt: Date;
  readonly runTimeMs: number;
  readonly metadata: Readonly<Record<string, string | number>>;
}

/**
 * What a plan is made from. A job log fills it today; a simulation can fill it as well: the plan
 * knows nothing of where the jobs come from.
 */
export interface Workload {
  /** Every scheduler to register; one without a job stays pending. */
  readonly schedulers: readonly SchedulerSpec[];
  readonly jobs: readonly Job[];
}
