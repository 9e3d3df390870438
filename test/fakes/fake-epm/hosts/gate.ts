import type { ServerResponse } from 'node:http';

/** Where `held` requests wait: a test sees how many there are, and lets them go, without a sleep. */
export class Gate {
  private readonly waiting = new Set<() => void>();
  private watchers: { count: number; tell: () => void }[] = [];

  /** Resolves when the gate opens or the caller hangs up. */
  wait(response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        this.waiting.delete(go);
        resolve();
      };
      this.waiting.add(go);
      response.once('close', go);
      this.watchers = this.watchers.filter(({ count, tell }) => {
        if (this.waiting.size < count) return true;
        tell();
        return false;
      });
    });
  }

  /** Resolves once at least `count` requests wait. */
  whenWaiting(count: number): Promise<void> {
    if (this.waiting.size >= count) return Promise.resolve();
    return new Promise((tell) => this.watchers.push({ count, tell }));
  }

  open(): void {
    for (const go of this.waiting) go();
  }
}
