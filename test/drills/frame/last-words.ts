import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './api-client';
import type { ReportLedger } from './history/report-ledger';

const VOICES = 4;
/** There is always a heartbeat that was acknowledged just now. */
const PAUSE_MS = 3;

/**
 * Schedulers that do nothing but give signs of life until one has no answer, or another one than 200, and never again. The last one that was acknowledged is what the storage
 * must hold at the end: of those who go on, what they say later hides that something was lost.
 */
export class LastWords {
  /** When the last of them was acknowledged, by `performance.now()`; `null`: none was. */
  lastAtMs: number | null = null;
  /** Resolves when all of them have fallen silent. */
  readonly silence: Promise<unknown>;
  private stopping = false;

  private constructor(
    private readonly api: ApiClient,
    private readonly ledger: ReportLedger,
    ids: readonly string[],
  ) {
    this.silence = Promise.all(ids.map((id) => this.beat(id)));
  }

  /** @param name of what ends them */
  static async begin(name: string, api: ApiClient, ledger: ReportLedger): Promise<LastWords> {
    const ids = Array.from({ length: VOICES }, (_, n) => `last-words-${name}-${n + 1}`);
    for (const id of ids) {
      const body = { scheduler_id: id, service_name: 'Drill', job_name: `Job ${id}` };
      await api.untilAcknowledged({ method: 'POST', path: '/schedulers/register', body });
      ledger.registered(id);
    }
    return new LastWords(api, ledger, ids);
  }

  /** Those that still speak end. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.silence;
  }

  /** Nothing is repeated: what was acknowledged before stays the last. */
  private async beat(id: string): Promise<void> {
    while (!this.stopping) {
      const reply = await this.api.attempt({ method: 'POST', path: `/schedulers/${id}/heartbeat`, body: {} });
      if (!('status' in reply) || reply.status !== 200) return;
      this.ledger.heardOf(id, (reply.body as { timestamp: string }).timestamp);
      this.lastAtMs = performance.now();
      await sleep(PAUSE_MS);
    }
  }
}
