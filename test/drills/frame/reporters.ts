import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom, type Random } from '../../tools/replay/seeded-random';
import type { ApiClient } from './api-client';
import type { ReportLedger, SentUpdate } from './history/report-ledger';

export interface ReporterOptions {
  readonly api: ApiClient;
  readonly ledger: ReportLedger;
  readonly seed: number;
  /** Begins the ids of their schedulers. Default none. */
  readonly name?: string;
  /** Services that report at the same time. */
  readonly reporters: number;
  readonly schedulersEach: number;
  /** Mean time between two failures of all of them together: a channel takes one message a second. `null`: nothing fails. */
  readonly failureEveryMs: number | null;
  /** Whether every second failure is followed by a completed run, which resolves its alert. Default not. */
  readonly recover?: boolean;
  /** Longest pause of one reporter between two calls. */
  readonly pauseMs: number;
  /** The clock by which they date their updates, in epoch milliseconds. Default the machine's. */
  readonly now?: () => number;
  /** Latency of each acknowledged first attempt. */
  readonly onLatency?: (ms: number) => void;
}

interface Job {
  readonly id: string;
  lastAt: number;
  serial: number;
  running: boolean;
}

/**
 * Services that register, run, send signs of life, complete and fail, each call repeated until it is acknowledged. What they say follows from the seed;
 * when they say it, from the clock.
 */
export class Reporters {
  private stopping = false;
  private failures = 0;
  private nextFailureAt = performance.now();
  private readonly work: Promise<void>[] = [];

  constructor(private readonly options: ReporterOptions) {}

  private get prefix(): string {
    return this.options.name === undefined ? '' : `${this.options.name}-`;
  }

  start(): void {
    for (let number = 0; number < this.options.reporters; number++) this.work.push(this.report(number));
  }

  /** Lets every call that was begun come to its acknowledgement. Rejects with what any of them was refused for. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.work);
  }

  /** Rejects when a reporter had to give up; never resolves before `stop`. */
  get failed(): Promise<void> {
    return Promise.all(this.work).then(() => undefined);
  }

  private async report(number: number): Promise<void> {
    const { seed, schedulersEach, pauseMs, failureEveryMs } = this.options;
    const random = seededRandom(seed, `reporter ${number}`);
    const jobs: Job[] = [];
    while (!this.stopping) {
      if (failureEveryMs !== null && performance.now() >= this.nextFailureAt) {
        this.nextFailureAt = performance.now() + failureEveryMs * (0.5 + random());
        await this.fail(number);
      } else if (jobs.length < schedulersEach && random() < 0.2) {
        jobs.push(await this.register(`${this.prefix}job-${number}-${jobs.length}`));
      } else {
        await this.reportOn(jobs, random);
      }
      await sleep(random() * pauseMs);
    }
  }

  private async reportOn(jobs: readonly Job[], random: Random): Promise<void> {
    const job = jobs[Math.floor(random() * jobs.length)];
    if (job === undefined) return;
    if (random() < 0.5) return this.beat(job);
    await this.update(job, job.running ? 'completed' : 'running', null);
    job.running = !job.running;
  }

  /** A scheduler that runs once and fails: its alert must be told exactly once. */
  private async fail(number: number): Promise<void> {
    this.failures += 1;
    const job = await this.register(`${this.prefix}failing-${number}-${this.failures}`);
    await this.update(job, 'running', null);
    await this.update(job, 'failed', `ORA-0${this.failures}: the job of ${job.id} failed`);
    if (this.options.recover === true && this.failures % 2 === 0) await this.update(job, 'completed', null);
  }

  private async register(id: string): Promise<Job> {
    const body = { scheduler_id: id, service_name: 'Drill', job_name: `Job ${id}` };
    await this.call('POST', '/schedulers/register', body);
    this.options.ledger.registered(id);
    return { id, lastAt: 0, serial: 0, running: false };
  }

  private async beat(job: Job): Promise<void> {
    const answer = await this.call('POST', `/schedulers/${job.id}/heartbeat`, { scheduler_id: job.id });
    this.options.ledger.heardOf(job.id, (answer as { timestamp: string }).timestamp);
  }

  private async update(job: Job, status: string, errorMessage: string | null): Promise<void> {
    job.lastAt = Math.max((this.options.now ?? Date.now)(), job.lastAt + 1);
    job.serial += 1;
    const update: SentUpdate = {
      schedulerId: job.id,
      status,
      timestamp: new Date(job.lastAt).toISOString(),
      runId: `run-${(job.serial + 1) >> 1}`,
      metadata: { serial: job.serial },
      errorMessage,
    };
    await this.call('PUT', `/schedulers/${job.id}/status`, {
      scheduler_id: job.id,
      service_name: 'Drill',
      job_name: `Job ${job.id}`,
      status,
      timestamp: update.timestamp,
      run_id: update.runId,
      metadata: update.metadata,
      ...(errorMessage === null ? {} : { error_message: errorMessage }),
    });
    this.options.ledger.updated(update);
  }

  private async call(method: 'POST' | 'PUT', path: string, body: object): Promise<unknown> {
    const { api, ledger, onLatency } = this.options;
    const { reply, attempts } = await api.untilAcknowledged({ method, path, body });
    if (attempts > 1) ledger.repeated += 1;
    else onLatency?.(reply.latencyMs);
    return reply.body;
  }
}
