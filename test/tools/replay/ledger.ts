import { CALL_KINDS, type CallKind } from './wire';

const MAX_BODY_SHOWN = 600;

export type RetryReason = 'rate-limited' | 'unavailable' | 'no-reply';

export interface CallCounts {
  sent: number;
  acknowledged: number;
  /** Attempts beyond the first. */
  retried: number;
  refused: number;
  gaveUp: number;
  /** Left alone when the replay was stopped, with no answer yet. */
  stopped: number;
}

export interface Waits {
  times: number;
  totalMs: number;
}

/** A kind of refusal, shown once with the first answer of its kind. */
export interface Refusal {
  readonly kind: CallKind;
  readonly what: string;
  readonly firstBody: string;
  count: number;
}

/** What became of the calls of a replay. */
export class Ledger {
  readonly counts: Readonly<Record<CallKind, CallCounts>> = {
    register: noCalls(),
    running: noCalls(),
    heartbeat: noCalls(),
    completed: noCalls(),
    failed: noCalls(),
    list: noCalls(),
  };
  readonly waits: Readonly<Record<RetryReason, Waits>> = {
    'rate-limited': { times: 0, totalMs: 0 },
    unavailable: { times: 0, totalMs: 0 },
    'no-reply': { times: 0, totalMs: 0 },
  };
  /** Calls that were due and not sent because the replay was stopped. */
  notSent = 0;
  /** Status updates that Vesper took for late although they were sent in order. */
  notApplied = 0;
  /** The longest time between a call's due time and its first attempt. */
  maxLagMs = 0;
  private readonly latencies: number[] = [];
  private readonly refusalsByKind = new Map<string, Refusal>();

  sent(kind: CallKind): void {
    this.counts[kind].sent += 1;
  }

  acknowledged(kind: CallKind, latencyMs: number): void {
    this.counts[kind].acknowledged += 1;
    this.latencies.push(latencyMs);
  }

  retried(kind: CallKind, reason: RetryReason, waitMs: number): void {
    this.counts[kind].retried += 1;
    this.waits[reason].times += 1;
    this.waits[reason].totalMs += waitMs;
  }

  /** @param what the status or fault by which refusals are told apart. */
  refused(kind: CallKind, what: string, body: string): void {
    this.counts[kind].refused += 1;
    this.note(kind, what, body);
  }

  gaveUp(kind: CallKind, reason: string): void {
    this.counts[kind].gaveUp += 1;
    this.note(kind, `gave up: ${reason}`, '');
  }

  stopped(kind: CallKind): void {
    this.counts[kind].stopped += 1;
  }

  lagged(lagMs: number): void {
    this.maxLagMs = Math.max(this.maxLagMs, lagMs);
  }

  get refusals(): readonly Refusal[] {
    return [...this.refusalsByKind.values()];
  }

  /** Calls that were sent and not acknowledged, whatever the reason. */
  get unacknowledged(): number {
    return CALL_KINDS.reduce((sum, kind) => sum + this.counts[kind].sent - this.counts[kind].acknowledged, 0);
  }

  /** Latency of acknowledged attempts, ms; `null` when there was none. Nearest rank: p in (0, 1]. */
  latency(p: number): number | null {
    const sorted = this.latencies.toSorted((a, b) => a - b);
    return sorted[Math.ceil(p * sorted.length) - 1] ?? null;
  }

  private note(kind: CallKind, what: string, body: string): void {
    const key = `${kind} ${what}`;
    const known = this.refusalsByKind.get(key);
    if (known !== undefined) known.count += 1;
    else this.refusalsByKind.set(key, { kind, what, firstBody: body.slice(0, MAX_BODY_SHOWN), count: 1 });
  }
}

function noCalls(): CallCounts {
  return { sent: 0, acknowledged: 0, retried: 0, refused: 0, gaveUp: 0, stopped: 0 };
}
