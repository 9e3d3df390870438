import type { Ledger } from './ledger';
import type { Pace } from './pace';
import type { NightPlan, PlannedCall } from './plan';
import type { Sent, VesperClient } from './vesper-client';
import { toRegistration, toWireCall } from './wire';

export interface PlaySettings {
  readonly speed: number;
  readonly maxConcurrency: number;
  /** When log time begins to run; in the past or `null`: as soon as all are registered. Epoch ms. */
  readonly startAt: number | null;
}

export interface Played {
  /** Epoch ms of the night's start; `null` when it came to no start. */
  readonly startedAt: number | null;
  readonly ended: 'played' | 'stopped' | 'registration-failed';
}

/**
 * Plays a plan by the clock. Calls of one scheduler go out one after the other, in the plan's order; calls of
 * different schedulers side by side, up to the chosen number.
 */
export class Player {
  private readonly slots: Slots;
  /** The last call of each scheduler; the next one waits for it. */
  private readonly lanes = new Map<string, Promise<void>>();
  /** Timestamps of a scheduler never go backwards, even if the machine's clock does. */
  private readonly lastTimestamp = new Map<string, number>();

  constructor(
    private readonly client: VesperClient,
    private readonly pace: Pace,
    private readonly ledger: Ledger,
    private readonly settings: PlaySettings,
  ) {
    this.slots = new Slots(settings.maxConcurrency);
  }

  /** @param onCall told of each call when it is due. */
  async play(
    plan: NightPlan,
    signal: AbortSignal,
    onCall: (call: PlannedCall) => void = () => {},
  ): Promise<Played> {
    const registered = await this.register(plan, signal);
    if (signal.aborted) return this.stopped(null, plan.calls.length);
    if (!registered) return { startedAt: null, ended: 'registration-failed' };
    await this.sleepUntil(this.settings.startAt ?? 0, signal);
    const startedAt = this.pace.now();
    for (const [index, call] of plan.calls.entries()) {
      const dueAt = startedAt + call.atMs / this.settings.speed;
      await this.sleepUntil(dueAt, signal);
      if (signal.aborted) return this.stopped(startedAt, plan.calls.length - index);
      onCall(call);
      this.enqueue(call, dueAt, signal);
    }
    await this.sleepUntil(startedAt + plan.lengthMs / this.settings.speed, signal);
    await this.drain();
    return { startedAt, ended: signal.aborted ? 'stopped' : 'played' };
  }

  private async register(plan: NightPlan, signal: AbortSignal): Promise<boolean> {
    const sent = await Promise.all(
      plan.schedulers.map((scheduler) =>
        this.slots.run(() => this.client.send(toRegistration(scheduler), signal)),
      ),
    );
    return sent.every(({ outcome }) => outcome === 'acknowledged');
  }

  private enqueue(call: PlannedCall, dueAt: number, signal: AbortSignal): void {
    const { schedulerId } = call.scheduler;
    const before = this.lanes.get(schedulerId) ?? Promise.resolve();
    this.lanes.set(
      schedulerId,
      before.then(() => this.slots.run(() => this.sendDue(call, dueAt, signal))),
    );
  }

  private async sendDue(call: PlannedCall, dueAt: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      this.ledger.notSent += 1;
      return;
    }
    const { schedulerId } = call.scheduler;
    const at = Math.max(this.pace.now(), this.lastTimestamp.get(schedulerId) ?? 0);
    this.lastTimestamp.set(schedulerId, at);
    this.ledger.lagged(at - dueAt);
    const sent = await this.client.send(toWireCall(call, new Date(at)), signal);
    if (call.kind !== 'heartbeat' && !wasApplied(sent)) this.ledger.notApplied += 1;
  }

  private async stopped(startedAt: number | null, notDue: number): Promise<Played> {
    await this.drain();
    this.ledger.notSent += notDue;
    return { startedAt, ended: 'stopped' };
  }

  private async drain(): Promise<void> {
    await Promise.all(this.lanes.values());
  }

  private async sleepUntil(at: number, signal: AbortSignal): Promise<void> {
    // a timer may fire a millisecond early, and a status from before the window's start does not count
    while (this.pace.now() < at && !signal.aborted) await this.pace.sleep(at - this.pace.now(), signal);
  }
}

/** `applied: false` says that Vesper found the update late, which a replay's never is. */
function wasApplied(sent: Sent): boolean {
  if (sent.outcome !== 'acknowledged') return true;
  try {
    const body: unknown = JSON.parse(sent.reply.body);
    return typeof body === 'object' && body !== null && 'applied' in body && body.applied === true;
  } catch {
    return false;
  }
}

/** At most so many at once; the others wait in the order they came. */
class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
