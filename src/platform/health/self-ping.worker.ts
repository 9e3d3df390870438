import type { Hold } from '../workers/hold-lease';
import type { Task } from '../workers/task';

/**
 * The dead man's switch: asks an address of somebody else's each minute, who raises the alarm when that stops. Leased, so that it says that
 * Vesper with its storage is alive, and not this one process.
 */
export class SelfPingWorker implements Task {
  readonly name = 'self-ping';
  readonly schedule = { everyMs: 60_000 };
  readonly timeoutMs = 10_000;
  readonly leased = true;
  readonly onceInMs = 50_000;

  /** @param address `null` while no address is configured: then it is never due */
  constructor(
    private readonly address: string | null,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  isDue(): boolean {
    return this.address !== null;
  }

  /** @throws Error when nobody answered well; it never quotes the address, which is a credential */
  async run(_now: Date, { signal }: Pick<Hold, 'signal'>): Promise<void> {
    if (this.address === null) return;
    let status: number;
    try {
      const response = await this.fetch(this.address, { method: 'GET', signal, redirect: 'error' });
      await response.body?.cancel();
      ({ status } = response);
    } catch (error) {
      // oxlint-disable-next-line preserve-caught-error -- the cause may quote the address
      throw new Error(`HEARTBEAT_URL did not answer (${error instanceof Error ? error.name : 'unknown'})`);
    }
    if (status >= 300) throw new Error(`HEARTBEAT_URL answered ${status}`);
  }
}
