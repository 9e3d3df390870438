import { backOffMs } from '../../domain/shared/back-off';
import type { Clock } from '../../domain/shared/clock';
import { QUEUE_WORKER } from '../../platform/config/queue-section';
import type { MessageQueue } from '../../platform/queue/message-queue';
import { QueueUnavailable } from '../../platform/queue/queue.errors';
import type { Task } from '../../platform/workers/task';
import { Turns } from '../../platform/workers/turns';
import { StatusBatch } from './status-batch';
import type { StatusQueueTelemetry } from './status-queue.telemetry';
import type { StatusService } from './status.service';

export interface StatusConsumerDependencies {
  /** `null`: updates are not queued. */
  readonly queue: MessageQueue | null;
  readonly status: StatusService;
  readonly clock: Clock;
  readonly telemetry: StatusQueueTelemetry;
}

/** Batches that are worked through side by side. The queue gives each scheduler's updates to one of them at a time; so many keep a core busy. */
const POLLERS = 3;
const PAUSE = { firstMs: 1_000, longestMs: 30_000 };

/**
 * Applies queued updates, by the same service as without a queue. Each turn goes on until the queue is empty; the interval is what begins the next one.
 * Any number of instances may do so: the queue itself hands no scheduler's updates to two of them.
 */
export class StatusConsumer implements Task {
  readonly name = QUEUE_WORKER;
  readonly schedule = { everyMs: 1_000 };
  readonly timeoutMs = 10_000;
  readonly leased = false;

  private readonly turns = new Turns();
  /** Turns in a row that ended with a fault, by poller. */
  private readonly failures = new Map<number, number>();

  constructor(private readonly dependencies: StatusConsumerDependencies) {}

  isDue(): boolean {
    return this.dependencies.queue !== null;
  }

  run(): Promise<void> {
    const { queue } = this.dependencies;
    for (let poller = 0; queue !== null && poller < POLLERS; poller++)
      this.turns.kick(String(poller), () => this.consume(queue, poller));
    return Promise.resolve();
  }

  /** Resolves when nothing is being worked on. */
  whenIdle(): Promise<void> {
    return this.turns.whenIdle();
  }

  /** Finishes the batches that are under way; what cannot be applied now goes back into the queue. */
  stop(): Promise<void> {
    return this.turns.stop();
  }

  /** Never rejects. */
  private async consume(queue: MessageQueue, poller: number): Promise<void> {
    const { clock, telemetry } = this.dependencies;
    const { signal } = this.turns;
    try {
      while (!signal.aborted && (await this.takeBatch(queue))) this.failures.delete(poller);
    } catch (error) {
      const failures = (this.failures.get(poller) ?? 0) + 1;
      this.failures.set(poller, failures);
      if (error instanceof QueueUnavailable) telemetry.away(error);
      else telemetry.broken(error);
      await clock.sleep(backOffMs(failures, PAUSE), signal);
    }
  }

  /** @returns whether there was one */
  private async takeBatch(queue: MessageQueue): Promise<boolean> {
    const { status, clock, telemetry } = this.dependencies;
    const { signal } = this.turns;
    const messages = await queue.receive(signal);
    telemetry.reached();
    if (messages.length === 0) return false;
    await new StatusBatch(messages, { queue, status, clock, telemetry, signal }).work();
    return true;
  }
}
