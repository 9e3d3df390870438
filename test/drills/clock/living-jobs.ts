import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../frame/api-client';
import type { ReportLedger } from '../frame/history/report-ledger';

const JOBS = 5;
const BEAT_EVERY_MS = 2_000;

/** Jobs that run all the time and give a sign of life every two seconds. */
export class LivingJobs {
  beats = 0;
  longestPauseMs = 0;
  private stopping = false;
  private silent = false;
  private work: Promise<void>[] = [];

  constructor(
    private readonly api: ApiClient,
    private readonly ledger: ReportLedger,
    private readonly timeoutMinutes: number,
  ) {}

  async start(): Promise<void> {
    const ids = Array.from({ length: JOBS }, (_, n) => `living-${n + 1}`);
    for (const id of ids) await this.begin(id);
    this.work = ids.map((id) => this.beat(id));
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

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.work);
  }

  private async begin(id: string): Promise<void> {
    const body = { scheduler_id: id, service_name: 'Drill', job_name: `Job ${id}` };
    await this.api.untilAcknowledged({
      method: 'POST',
      path: '/schedulers/register',
      body: { ...body, heartbeat_timeout_minutes: this.timeoutMinutes },
    });
    this.ledger.registered(id);
    const update = {
      schedulerId: id,
      status: 'running',
      timestamp: new Date().toISOString(),
      runId: 'run-1',
      metadata: { serial: 1 },
      errorMessage: null,
    };
    const { status, timestamp, metadata } = update;
    const report = { ...body, status, timestamp, run_id: update.runId, metadata };
    await this.api.untilAcknowledged({ method: 'PUT', path: `/schedulers/${id}/status`, body: report });
    this.ledger.updated(update);
  }

  private async beat(id: string): Promise<void> {
    let last = performance.now();
    while (!this.stopping) {
      await sleep(BEAT_EVERY_MS);
      if (this.silent) continue;
      const call = { method: 'POST', path: `/schedulers/${id}/heartbeat`, body: {} } as const;
      const { reply } = await this.api.untilAcknowledged(call);
      this.ledger.heardOf(id, (reply.body as { timestamp: string }).timestamp);
      this.beats += 1;
      this.longestPauseMs = Math.max(this.longestPauseMs, performance.now() - last);
      last = performance.now();
    }
  }
}
