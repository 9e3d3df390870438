import type { Clock } from '../../src/domain/shared/clock';

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. Sleepers wake in order, each at its own instant. */
export class FakeClock implements Clock {
  private wallMs: number;
  private elapsedMs = 0;
  private sleepers: Sleeper[] = [];

  constructor(start: string | Date = '2026-03-02T17:00:00.000Z') {
    this.wallMs = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.wallMs);
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper: Sleeper = { wakesAt: this.elapsedMs + Math.max(0, ms), wake: resolve };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  }

  /** Somebody sleeps, and so only a clock that moves makes him go on. */
  get isAwaited(): boolean {
    return this.sleepers.length > 0;
  }

  /** Lets time pass, e.g. `advance('5m')`; wakes sleepers on the way and lets what they do settle. */
  async advance(duration: string | number): Promise<void> {
    const target = this.elapsedMs + toMs(duration);
    for (;;) {
      await settle();
      const next = this.sleepers
        .filter((sleeper) => sleeper.wakesAt <= target)
        .sort((a, b) => a.wakesAt - b.wakesAt)[0];
      if (next === undefined) break;
      this.sleepers = this.sleepers.filter((sleeper) => sleeper !== next);
      this.moveTo(Math.max(this.elapsedMs, next.wakesAt));
      next.wake();
    }
    this.moveTo(target);
    await settle();
  }

  /** The wall clock jumps, forwards or back, as an operator or NTP would make it; no time passes. */
  stepWallTo(instant: string | Date): void {
    this.wallMs = new Date(instant).getTime();
  }

  /** The process is suspended for so long: when it goes on, time has passed, but none of its timers has had its turn. They are overdue. */
  suspend(duration: string | number): void {
    this.moveTo(this.elapsedMs + toMs(duration));
  }

  private moveTo(elapsedMs: number): void {
    this.wallMs += elapsedMs - this.elapsedMs;
    this.elapsedMs = elapsedMs;
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `'90s'`, `'5m'`, `'2h'`, `'1d'`, `'250ms'` or a number of milliseconds. */
export function toMs(duration: string | number): number {
  if (typeof duration === 'number') return duration;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration);
  if (!match) throw new Error(`not a duration: ${duration}`);
  return Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? NaN);
}

/** Lets promises and I/O callbacks that are ready run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
