/**
 * `special`: no number is known, not limited. `message`: about one per second and channel. The others are Slack's
 * tiers per method.
 */
export type Tier = 'special' | 'message' | 'tier2' | 'tier3' | 'tier4';

const PER_MINUTE: Readonly<Partial<Record<Tier, number>>> = { tier2: 20, tier3: 50, tier4: 100 };
const MINUTE_MS = 60_000;
/** A burst may pass the tier by a fifth in one minute; over five minutes the tier itself must hold. */
const BURST = 1.2;
const LONG_WINDOW_MINUTES = 5;
const MESSAGE_INTERVAL_MS = 1_000;
/** One message more than one a second is let through before a channel is throttled. */
const MESSAGE_BURST = 1;

/** Slack's limits for one app in one workspace. Calls it throttles do not count, calls it refuses otherwise do. */
export class RateLimits {
  private readonly recent = new Map<string, number[]>();
  /** Per channel: when the next message would be due if every one took its full second. */
  private readonly nextMessageAt = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  reset(): void {
    this.recent.clear();
    this.nextMessageAt.clear();
  }

  /** Counts a call; answers the seconds to wait if it is one too many, else `null`. */
  admit(method: string, tier: Tier, channel: string): number | null {
    if (tier === 'message') return this.admitMessage(channel);
    const perMinute = PER_MINUTE[tier];
    return perMinute === undefined ? null : this.admitCall(method, perMinute);
  }

  private admitMessage(channel: string): number | null {
    const now = this.now();
    const ahead = MESSAGE_BURST * MESSAGE_INTERVAL_MS;
    // A clock that stepped back must not lock the channel for as long as it stepped.
    const due = Math.min(this.nextMessageAt.get(channel) ?? now, now + ahead + MESSAGE_INTERVAL_MS);
    this.nextMessageAt.set(channel, due);
    const waitMs = due - now - ahead;
    if (waitMs > 0) return toSeconds(waitMs);
    this.nextMessageAt.set(channel, Math.max(due, now) + MESSAGE_INTERVAL_MS);
    return null;
  }

  private admitCall(method: string, perMinute: number): number | null {
    const now = this.now();
    const windowMs = LONG_WINDOW_MINUTES * MINUTE_MS;
    const calls = (this.recent.get(method) ?? []).filter((at) => at > now - windowMs && at <= now);
    this.recent.set(method, calls);
    const waitMs = Math.max(
      waitFor(calls, now, MINUTE_MS, perMinute * BURST),
      waitFor(calls, now, windowMs, perMinute * LONG_WINDOW_MINUTES),
    );
    if (waitMs > 0) return toSeconds(waitMs);
    calls.push(now);
    return null;
  }
}

/** How long until fewer than `limit` of the calls (in order of time) lie within the window. */
function waitFor(calls: readonly number[], now: number, windowMs: number, limit: number): number {
  const blocking = calls.at(-limit);
  return blocking === undefined ? 0 : Math.max(0, blocking + windowMs - now);
}

function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
