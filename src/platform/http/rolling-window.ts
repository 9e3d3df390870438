const SMALLEST_RING = 16;
const MINUTE_MS = 60_000;

/** How many requests in how long; made from a rate per minute that may be a decimal. */
export interface Quota {
  readonly limit: number;
  readonly windowMs: number;
}

/** 0.5 per minute is one in two minutes, 2.5 are two in 48 seconds: whole requests in a window of the same rate. */
export function quotaPerMinute(perMinute: number): Quota {
  const limit = Math.max(1, Math.floor(perMinute));
  return { limit, windowMs: (MINUTE_MS * limit) / perMinute };
}

/**
 * An exact rolling window: a request is accepted when fewer than `limit` were accepted within the last `windowMs`. Refused ones do not count.
 * The accepted instants lie in a ring that grows with use; each enters and leaves once, so a request costs the same at any limit.
 */
export class RollingWindow {
  private instants = new Float64Array(SMALLEST_RING);
  private oldest = 0;
  private count = 0;

  constructor(readonly quota: Quota) {}

  /** @returns whether the request is accepted */
  tryAccept(nowMs: number): boolean {
    this.forgetBefore(nowMs - this.quota.windowMs);
    if (this.count >= this.quota.limit) return false;
    if (this.count === this.instants.length) this.grow();
    this.instants[(this.oldest + this.count++) % this.instants.length] = nowMs;
    return true;
  }

  /** How many more would be accepted at the instant of the last request. */
  get remaining(): number {
    return this.quota.limit - this.count;
  }

  /** Seconds, rounded up, until one more is accepted than now. */
  resetSeconds(nowMs: number): number {
    if (this.count === 0) return 0;
    const leavesAtMs = (this.instants[this.oldest] ?? 0) + this.quota.windowMs;
    return Math.max(0, Math.ceil((leavesAtMs - nowMs) / 1_000));
  }

  private forgetBefore(instantMs: number): void {
    while (this.count > 0 && (this.instants[this.oldest] ?? 0) <= instantMs) {
      this.oldest = (this.oldest + 1) % this.instants.length;
      this.count--;
    }
  }

  private grow(): void {
    const larger = new Float64Array(this.instants.length * 2);
    const tail = this.instants.subarray(this.oldest);
    larger.set(tail);
    larger.set(this.instants.subarray(0, this.oldest), tail.length);
    this.instants = larger;
    this.oldest = 0;
  }
}
