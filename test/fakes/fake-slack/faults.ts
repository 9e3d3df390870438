/** What goes wrong with a call. */
export type FakeFaultKind =
  /** The socket is destroyed before anything is done. */
  | { kind: 'refuse' }
  /** Answered normally, `delayMs` (real time) late. */
  | { kind: 'slow'; delayMs: number }
  /** Never answered; the caller's timeout has to end it. Nothing is done. */
  | { kind: 'hang' }
  | { kind: 'rate_limited'; retryAfterSeconds: number }
  | { kind: 'rate_limited_without_retry_after' }
  /** HTTP 200 with a web page instead of JSON. */
  | { kind: 'garbage' }
  | { kind: 'http_error'; status: number }
  | { kind: 'platform_error'; error: string }
  /** The work is done, then the socket destroyed: the caller cannot know. */
  | { kind: 'store_then_drop' }
  /** The work is done, then `internal_error` answered: the caller cannot know either. */
  | { kind: 'store_then_error' };

export type FakeFault = FakeFaultKind & {
  /** Only calls of this method (a string must equal it); default every method. */
  method?: string | RegExp;
  /** Only calls for this channel. */
  channel?: string;
  /** Only calls for this canvas. */
  canvas?: string;
  /** How many calls it hits, default 1; `Infinity` = until cleared. */
  times?: number;
};

/** What a call is about, as far as its arguments say so. */
export interface FaultTarget {
  readonly channel: string | null;
  readonly canvas: string | null;
}

/** The faults still to come; each call meets at most one, the oldest that fits. */
export class FaultPlan {
  private pending: { fault: FakeFault; left: number }[] = [];

  add(fault: FakeFault): void {
    this.pending.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.pending = [];
  }

  /** The fault this call meets, counted as used. */
  take(method: string, target: FaultTarget): FakeFault | null {
    const entry = this.pending.find(({ fault }) => fits(fault, method, target));
    if (!entry) return null;
    entry.left -= 1;
    if (entry.left <= 0) this.pending = this.pending.filter((other) => other !== entry);
    return entry.fault;
  }
}

function fits(fault: FakeFault, method: string, { channel, canvas }: FaultTarget): boolean {
  if (fault.channel !== undefined && fault.channel !== channel) return false;
  if (fault.canvas !== undefined && fault.canvas !== canvas) return false;
  if (fault.method === undefined) return true;
  return typeof fault.method === 'string' ? fault.method === method : fault.method.test(method);
}
