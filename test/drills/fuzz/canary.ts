import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../frame/api-client';
import { Latencies } from '../frame/latencies';

const ID = 'canary';
const EVERY_MS = 100;

/** A client that does nothing but good, in the middle of all the others. */
export class Canary {
  readonly latencies = new Latencies();
  readonly wrong: string[] = [];

  constructor(private readonly api: ApiClient) {}

  /** Before anybody does harm. */
  async register(): Promise<void> {
    const body = { scheduler_id: ID, service_name: 'Good', job_name: 'Canary' };
    await this.api.untilAcknowledged({ method: 'POST', path: '/schedulers/register', body });
  }

  /** Until aborted. */
  async sing(signal: AbortSignal): Promise<void> {
    this.latencies.phase('song');
    const calls = [
      { method: 'POST', path: `/schedulers/${ID}/heartbeat`, body: {} },
      { method: 'GET', path: `/schedulers/${ID}` },
    ] as const;
    while (!signal.aborted) {
      for (const call of calls) {
        const reply = await this.api.attempt(call);
        if ('status' in reply) this.latencies.add(reply.latencyMs);
        if (!('status' in reply) || reply.status !== 200)
          this.wrong.push(`${call.method} ${call.path}: ${'status' in reply ? reply.status : reply.fault}`);
      }
      await sleep(EVERY_MS);
    }
  }
}
