import type { Pace } from '../replay/pace';
import type { Act, CellAct, SchedulerAct } from './act';
import { appOf, EPM_KEY, type DemoCell } from './cast';
import type { ApiCall, DemoApi } from './demo-api';
import type { EpmJobs } from './epm-jobs';
import type { LostPushes } from './lost-pushes';
import { namesOf } from './registration';

/** Says one line to whoever started the demo. */
export type Tell = (text: string) => void;

/** A begun job, until it has ended. */
type JobIds = Map<string, string>;

/** Does what the plan says: reports to Vesper as services and EPM rules do, and runs the jobs in EPM. */
export class Player {
  private readonly jobIds: JobIds = new Map();

  constructor(
    private readonly api: DemoApi,
    private readonly jobs: EpmJobs,
    private readonly lost: LostPushes,
    private readonly pace: Pace,
    private readonly tell: Tell,
  ) {}

  /** Returns when there are no more acts, or soon after the signal. */
  async play(acts: Iterable<Act>, signal: AbortSignal): Promise<void> {
    const startedAt = this.pace.now();
    for (const act of acts) {
      const waitMs = startedAt + act.atMs - this.pace.now();
      if (waitMs > 0) await this.pace.sleep(waitMs, signal);
      if (signal.aborted) return;
      await ('scheduler' in act ? this.report(act) : this.push(act));
    }
  }

  private async report({ kind, scheduler, runId }: SchedulerAct): Promise<void> {
    const { id, service, job, key, failure } = scheduler;
    const path = `/schedulers/${id}`;
    if (kind === 'silent') return this.tell(`${service}: ${job} hangs and sends no more heartbeats`);
    if (kind === 'heartbeat') {
      return this.send({ key, method: 'POST', path: `${path}/heartbeat`, body: { scheduler_id: id } });
    }
    if (kind === 'failed') this.tell(`${service}: ${job} fails: ${failure}`);
    const body = {
      ...namesOf(scheduler),
      status: kind,
      timestamp: this.now(),
      run_id: runId,
      ...(kind === 'failed' ? { error_message: failure } : {}),
    };
    await this.send({ key, method: 'PUT', path: `${path}/status`, body });
  }

  private async push({ kind, run }: CellAct): Promise<void> {
    const { cell, outcome, told } = run;
    const name = nameOf(cell);
    if (kind === 'job-begins') {
      const jobId = this.jobs.begin(run);
      this.jobIds.set(name, jobId);
      return this.sendStatus(cell, { status: 'Loading', job_id: jobId, message: cell.job });
    }
    const jobId = this.jobIds.get(name);
    if (jobId === undefined) throw new TypeError(`no job of ${name} has begun`);
    this.jobs.end(run, jobId);
    if (!told) {
      this.lost.add(run, jobId);
      const ended = outcome === 'OK' ? 'has ended' : 'has failed';
      return this.tell(`EPM: job ${jobId} (${name}) ${ended}, and its push is lost`);
    }
    const message = outcome === 'OK' ? cell.success : cell.failure;
    if (outcome === 'Warning') this.tell(`EPM: job ${jobId} (${name}) pushes a Warning: ${message}`);
    await this.sendStatus(cell, { status: outcome, job_id: jobId, message });
  }

  private sendStatus({ app, domain }: DemoCell, update: Readonly<Record<string, string>>): Promise<void> {
    const body = { app, domain, ...update, timestamp: this.now(), server: appOf(app).pod };
    return this.send({ key: EPM_KEY, method: 'POST', path: '/status', body });
  }

  /** What Vesper refuses is told, and the night goes on. */
  private async send(call: ApiCall): Promise<void> {
    const answer = await this.api(call);
    if (!answer.ok) this.tell(`Vesper did not take it: ${answer.fault}`);
  }

  private now(): string {
    return new Date(this.pace.now()).toISOString();
  }
}

export function nameOf({ app, domain }: DemoCell): string {
  return `${appOf(app).displayName} · ${domain}`;
}
