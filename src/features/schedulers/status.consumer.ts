import type { Clock } from '../../domain/shared/clock';
import { QUEUE_WORKER } from '../../platform/config/queue-section';
import type { MessageQueue } from '../../platform/queue/message-queue';
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
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

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
  private pauseMs = 0;

  constructor(private readonly dependencies: StatusConsumerDependencies) {}

  isDue(): boolean {
    return this.dependencies.queue !== null;
  }

  run(): Promise<void> {
    const { queue } = this.dependencies;
    for (let poller = 0; queue !== null && poller < POLLERS; poller++)
      this.turns.kick(String(poller), () => this.consume(queue));
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
  private async consume(queue: MessageQueue): Promise<void> {
    const { status, clock, telemetry } = this.dependencies;
    const { signal } = this.turns;
    try {
      while (!signal.aborted) {
        const messages = await queue.receive(signal);
        telemetry.reached();
        this.pauseMs = 0;
        if (messages.length === 0) return;
        await new StatusBatch(messages, { queue, status, clock, telemetry, signal }).work();
      }
    } catch (error) {
      telemetry.away(error);
      this.pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, this.pauseMs * 2));
      await clock.sleep(this.pauseMs, signal);
    }
  }
}
