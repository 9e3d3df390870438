import type { Pace } from './pace';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * Time for tests: it stands still while work is tracked as busy (an HTTP call under way), and otherwise jumps
 * to the next sleeper's hour. Nothing really sleeps.
 */
export class VirtualPace implements Pace {
  /** Sleepers are woken so much too soon, as real timers sometimes do. */
  earlyMs = 0;
  private sleepers: Sleeper[] = [];
  private busy = 0;
  private ticking = false;

  constructor(private time: number) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { at: this.time + (ms > this.earlyMs ? ms - this.earlyMs : ms), wake: resolve };
      this.sleepers.push(sleeper);
      signal.addEventListener('abort', () => {
        this.sleepers = this.sleepers.filter((one) => one !== sleeper);
        resolve();
      });
      this.tick();
    });
  }

  /** Time stands still until the work is done. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.busy += 1;
    try {
      return await work;
    } finally {
      this.busy -= 1;
    }
  }

  /** The machine's clock is set. */
  set(time: number): void {
    this.time = time;
  }

  private tick(): void {
    if (this.ticking) return;
    this.ticking = true;
    setImmediate(() => {
      this.ticking = false;
      if (this.busy === 0) this.wakeNext();
      if (this.sleepers.length > 0) this.tick();
    });
  }

  private wakeNext(): void {
    const at = Math.min(...this.sleepers.map((sleeper) => sleeper.at));
    const next = this.sleepers.find((sleeper) => sleeper.at === at);
    if (next === undefined) return;
    this.sleepers = this.sleepers.filter((sleeper) => sleeper !== next);
    this.time = Math.max(this.time, next.at);
    next.wake();
  }
}
