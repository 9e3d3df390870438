import type { Ledger, RetryReason } from './ledger';
import type { Pace } from './pace';
import type { Random } from './seeded-random';
import type { NoReply, Reply, Transport } from './transport';
import type { WireCall } from './wire';

const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 10_000;
/** A 429 should say when to come back; this is for one that does not. */
const DEFAULT_RATE_LIMIT_WAIT_MS = 5_000;
const UNAVAILABLE = new Set([502, 503, 504]);

/** Where a call ended; only an acknowledged one has a reply to look into. */
export type Sent =
  | { readonly outcome: 'acknowledged'; readonly reply: Reply }
  | { readonly outcome: 'refused' | 'gave-up' | 'stopped' };

type Verdict =
  | { readonly kind: 'final'; readonly sent: Sent }
  | {
      readonly kind: 'retry';
      readonly reason: RetryReason;
      readonly detail: string;
      readonly waitMs: number | null;
    };

/** Calls Vesper as a well-behaved service does: repeats what may be repeated, waits when told to, and keeps the books. */
export class VesperClient {
  /** The rate limit is the key's, not the call's: when one call is told to wait, all of them wait. */
  private pausedUntil = 0;

  constructor(
    private readonly transport: Transport,
    private readonly pace: Pace,
    private readonly ledger: Ledger,
    private readonly random: Random,
    private readonly retryForMs: number,
  ) {}

  /** Never throws for what the network or the server does. */
  async send(call: WireCall, signal: AbortSignal): Promise<Sent> {
    const startedAt = this.pace.now();
    this.ledger.sent(call.kind);
    for (let attempt = 1; ; attempt += 1) {
      await this.waitOutPause(signal);
      if (signal.aborted) {
        this.ledger.stopped(call.kind);
        return { outcome: 'stopped' };
      }
      const verdict = this.judge(call, await this.transport(call));
      if (verdict.kind === 'final') return verdict.sent;
      const waitMs = verdict.waitMs ?? this.backoffMs(attempt);
      if (this.pace.now() + waitMs - startedAt > this.retryForMs) {
        this.ledger.gaveUp(call.kind, verdict.detail);
        return { outcome: 'gave-up' };
      }
      this.ledger.retried(call.kind, verdict.reason, waitMs);
      if (verdict.reason === 'rate-limited')
        this.pausedUntil = Math.max(this.pausedUntil, this.pace.now() + waitMs);
      else await this.pace.sleep(waitMs, signal);
    }
  }

  private async waitOutPause(signal: AbortSignal): Promise<void> {
    // another call may prolong the pause while this one waits
    while (this.pace.now() < this.pausedUntil && !signal.aborted) {
      await this.pace.sleep(this.pausedUntil - this.pace.now(), signal);
    }
  }

  private judge(call: WireCall, reply: Reply | NoReply): Verdict {
    if ('fault' in reply) return { kind: 'retry', reason: 'no-reply', detail: reply.fault, waitMs: null };
    const { status, headers, body, latencyMs } = reply;
    if (status >= 200 && status < 300) {
      this.ledger.acknowledged(call.kind, latencyMs);
      return { kind: 'final', sent: { outcome: 'acknowledged', reply } };
    }
    const waitMs = retryAfterMs(headers.get('retry-after'), this.pace.now());
    if (status === 429) {
      const retry = {
        reason: 'rate-limited',
        detail: '429',
        waitMs: waitMs ?? DEFAULT_RATE_LIMIT_WAIT_MS,
      } as const;
      return { kind: 'retry', ...retry };
    }
    if (UNAVAILABLE.has(status))
      return { kind: 'retry', reason: 'unavailable', detail: String(status), waitMs };
    this.ledger.refused(call.kind, String(status), body);
    return { kind: 'final', sent: { outcome: 'refused' } };
  }

  /** Doubles from attempt to attempt; between half and all of it, so that waiting calls do not come back at once. */
  private backoffMs(attempt: number): number {
    const full = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
    return Math.round(full * (0.5 + this.random() / 2));
  }
}

/** Retry-After in seconds or as an HTTP date (RFC 9110, 10.2.3); `null` when absent or senseless. */
export function retryAfterMs(value: string | null, nowMs: number): number | null {
  if (value === null || value.trim() === '') return null;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}
