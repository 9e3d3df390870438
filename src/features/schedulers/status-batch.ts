import { backOffMs } from '../../domain/shared/back-off';
import { ChangedConcurrently, UnavailableError, VesperError } from '../../domain/shared/errors';
import type { Clock } from '../../domain/shared/clock';
import {
  HOLD_MS,
  LONGEST_HOLD_MS,
  type HeldMessage,
  type MessageQueue,
} from '../../platform/queue/message-queue';
import { readQueuedBody, type QueuedUpdate } from './queued-update.dto';
import type { DeadReason, StatusQueueTelemetry } from './status-queue.telemetry';
import type { StatusService } from './status.service';

export interface BatchCircumstances {
  readonly queue: MessageQueue;
  readonly status: StatusService;
  readonly clock: Clock;
  readonly telemetry: StatusQueueTelemetry;
  /** Aborted when no more waiting is to be done. */
  readonly signal: AbortSignal;
}

/** Spec 70. Counts tries that fail for no known reason; a storage that is away is no try. */
const MOST_TRIES = 5;
const PAUSE = { firstMs: 1_000, longestMs: 30_000 };
/** What another consumer, or another version of Vesper, may do better. */
const LEFT_TO_OTHERS_MS = 30_000;
/** An answer is on its way for some time: so much before the queue's own time we count a message as not ours any more. */
const MARGIN_MS = 5_000;

/** `settled`: the next of its scheduler may follow. A number: not now, but after so many milliseconds at the earliest, with all that follow it. */
type Verdict = 'settled' | number;

/**
 * One batch of held messages, each scheduler's in their order and the schedulers side by side. While the storage is away the batch is held and tried
 * again in place: each handing out counts as a try for the queue, and an outage must not turn good updates into dead letters.
 */
export class StatusBatch {
  /** By when, on the monotonic clock, each may have passed to somebody else. */
  private readonly heldUntilMs = new Map<HeldMessage, number>();
  private readonly done: HeldMessage[] = [];

  constructor(
    private readonly messages: readonly HeldMessage[],
    private readonly circumstances: BatchCircumstances,
  ) {
    this.noteHeld(messages, circumstances.clock.monotonicMs());
  }

  /** Ends with nothing held. */
  async work(): Promise<void> {
    const ended = new AbortController();
    const holding = this.keepHolding(ended.signal);
    try {
      const ends = await Promise.allSettled(
        [...this.groups().values()].map((group) => this.workThrough(group)),
      );
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } finally {
      ended.abort();
      await holding;
      await this.finishDone();
    }
  }

  private groups(): Map<string, HeldMessage[]> {
    const groups = new Map<string, HeldMessage[]>();
    for (const message of this.messages)
      groups.set(message.group, [...(groups.get(message.group) ?? []), message]);
    return groups;
  }

  private async workThrough(group: readonly HeldMessage[]): Promise<void> {
    for (const [index, message] of group.entries()) {
      const verdict = await this.settle(message);
      if (verdict !== 'settled') return this.giveBack(group.slice(index), verdict);
    }
  }

  private settle(message: HeldMessage): Promise<Verdict> {
    const reading = readQueuedBody(message.body);
    switch (reading.kind) {
      case 'read':
        return this.apply(message, reading);
      case 'unreadable':
        return this.bury(message, 'unreadable', { faults: reading.faults });
      case 'newer':
        this.circumstances.telemetry.newer(message, reading.version);
        return Promise.resolve(LEFT_TO_OTHERS_MS);
    }
  }

  private async apply(
    message: HeldMessage,
    { update, reporter, receivedAt }: QueuedUpdate,
  ): Promise<Verdict> {
    const { status, clock, telemetry, signal } = this.circumstances;
    for (let tries = 1, faults = 0; ; tries++) {
      if (!this.isHeld(message)) return LEFT_TO_OTHERS_MS;
      try {
        await status.update(update, reporter, receivedAt);
        this.done.push(message);
        telemetry.recorded(clock.now().getTime() - receivedAt.getTime());
        return 'settled';
      } catch (error) {
        const fields = { correlation_id: reporter.correlationId, err: error };
        if (isPassing(error)) telemetry.waiting(error);
        else if (error instanceof VesperError) return this.bury(message, 'refused', fields);
        else if (++faults >= MOST_TRIES) return this.bury(message, 'failed', fields);
        else telemetry.faulty(message, reporter.correlationId, error);
      }
      await this.finishDone();
      await clock.sleep(backOffMs(tries, PAUSE), signal);
      if (signal.aborted) return 0;
    }
  }

  private async bury(message: HeldMessage, reason: DeadReason, fields: object): Promise<Verdict> {
    const { queue, telemetry } = this.circumstances;
    try {
      await queue.bury(message, reason);
    } catch (error) {
      telemetry.notBuried(message, reason, error);
      return LEFT_TO_OTHERS_MS;
    }
    this.heldUntilMs.delete(message);
    telemetry.buried(message, reason, fields);
    return 'settled';
  }

  private async giveBack(messages: readonly HeldMessage[], afterMs: number): Promise<void> {
    const { queue, telemetry } = this.circumstances;
    messages.forEach((message) => this.heldUntilMs.delete(message));
    await queue.release(messages, afterMs);
    telemetry.released(messages.length);
  }

  /** What is applied is taken out of the queue at once: a second try is worth its while, a third changes nothing that a duplicate would not. */
  private async finishDone(): Promise<void> {
    const { queue, telemetry } = this.circumstances;
    let left: readonly HeldMessage[] = this.done.splice(0);
    for (let tries = 0; tries < 2 && left.length > 0; tries++) {
      const finished = new Set(await queue.finish(left));
      finished.forEach((message) => this.heldUntilMs.delete(message));
      left = left.filter((message) => !finished.has(message));
    }
    if (left.length > 0) telemetry.notFinished(left.length);
  }

  private async keepHolding(ended: AbortSignal): Promise<void> {
    const { queue, clock } = this.circumstances;
    const untilMs = clock.monotonicMs() + LONGEST_HOLD_MS;
    while (clock.monotonicMs() < untilMs) {
      await clock.sleep(HOLD_MS / 3, ended);
      if (ended.aborted) return;
      const askedAtMs = clock.monotonicMs();
      const held = [...this.heldUntilMs.keys()].filter((message) => this.isHeld(message));
      const extended = await queue.extend(held);
      // What was finished or given back meanwhile is not ours to hold.
      this.noteHeld(
        extended.filter((message) => this.heldUntilMs.has(message)),
        askedAtMs,
      );
    }
  }

  private noteHeld(messages: readonly HeldMessage[], sinceMs: number): void {
    for (const message of messages) this.heldUntilMs.set(message, sinceMs + HOLD_MS - MARGIN_MS);
  }

  private isHeld(message: HeldMessage): boolean {
    return this.circumstances.clock.monotonicMs() < (this.heldUntilMs.get(message) ?? -Infinity);
  }
}

/** What a storage in reach, or a moment without others, mends. */
function isPassing(error: unknown): boolean {
  return error instanceof UnavailableError || error instanceof ChangedConcurrently;
}
