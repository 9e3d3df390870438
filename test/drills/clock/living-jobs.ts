import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../frame/api-client';
import type { ReportLedger } from '../frame/history/report-ledger';

const JOBS = 5;
const BEAT_EVERY_MS = 2_000;

interface Job {
  readonly id: string;
  readonly api: ApiClient;
}

/** Jobs that run all the time and give a sign of life every two seconds. */
export class LivingJobs {
  beats = 0;
  longestPauseMs = 0;
  private stopping = false;
  private silent = false;
  private jobs: readonly Job[] = [];
  private work: Promise<void>[] = [];

  constructor(
    private readonly urls: readonly string[],
    private readonly ledger: ReportLedger,
    private readonly timeoutMinutes: number,
  ) {}

  async start(): Promise<void> {
    const ids = Array.from({ length: JOBS }, (_, n) => `living-${n + 1}`);
    // Each goes to one instance after the other: one whose clock is behind writes what others take for silence.
    this.jobs = ids.map((id) => ({ id, api: new ApiClient(this.urls) }));
    for (const job of this.jobs) await this.begin(job);
    this.work = this.jobs.map((job) => this.beat(job));
  }

  /** Rejects when one of them had to give up; never resolves before {@link stop}. */
  get failed(): Promise<void> {
    return Promise.all(this.work).then(() => undefined);
  }

  /** A planted fault. @returns milliseconds after which a scan has seen it */
  async fallSilent(): Promise<number> {
    this.silent = true;
    return 6_000;
  }

  /** They complete: whoever falls silent while it runs is alerted, and rightly. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.work);
    await Promise.all(this.jobs.map((job) => this.report(job, 'completed', 2)));
  }

  private async begin({ id, api }: Job): Promise<void> {
    await api.untilAcknowledged({
      method: 'POST',
      path: '/schedulers/register',
      body: { ...namesOf(id), heartbeat_timeout_minutes: this.timeoutMinutes },
    });
    this.ledger.registered(id);
    await this.report({ id, api }, 'running', 1);
  }

  private async report({ id, api }: Job, status: string, serial: number): Promise<void> {
    const update = {
      ...{ schedulerId: id, status, timestamp: new Date().toISOString() },
      ...{ runId: 'run-1', metadata: { serial }, errorMessage: null },
    };
    const { timestamp, runId, metadata } = update;
    const body = { ...namesOf(id), status, timestamp, run_id: runId, metadata };
    await api.untilAcknowledged({ method: 'PUT', path: `/schedulers/${id}/status`, body });
    this.ledger.updated(update);
  }

  private async beat({ id, api }: Job): Promise<void> {
    let last = performance.now();
    while (!this.stopping) {
      await sleep(BEAT_EVERY_MS);
      if (this.silent) continue;
      const call = { method: 'POST', path: `/schedulers/${id}/heartbeat`, body: {} } as const;
      const { reply } = await api.untilAcknowledged(call);
      this.ledger.heardOf(id, (reply.body as { timestamp: string }).timestamp);
      this.beats += 1;
      this.longestPauseMs = Math.max(this.longestPauseMs, performance.now() - last);
      last = performance.now();
    }
  }
}

function namesOf(id: string) {
  return { scheduler_id: id, service_name: 'Drill', job_name: `Job ${id}` };
}
