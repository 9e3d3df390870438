/**
 * A signal that ends with any of its parents or on its own, and lets go of them when the scope is closed. `AbortSignal.any` would keep
 * every scope alive as long as its longest-lived parent on Node 20 (nodejs/node issue 54614).
 */
export class AbortScope {
  private readonly controller = new AbortController();
  private readonly releases: (() => void)[] = [];

  constructor(...parents: readonly AbortSignal[]) {
    for (const parent of parents) this.follow(parent);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  abort(reason: Error): void {
    this.controller.abort(reason);
  }

  close(): void {
    this.releases.forEach((release) => release());
  }

  private follow(parent: AbortSignal): void {
    if (parent.aborted) return this.controller.abort(parent.reason);
    const onAbort = () => this.controller.abort(parent.reason);
    parent.addEventListener('abort', onAbort, { once: true });
    this.releases.push(() => parent.removeEventListener('abort', onAbort));
  }
}
