import type { Clock } from '../../domain/shared/clock';
import type { Log } from '../../platform/logging/log';
import type { Metrics } from '../../platform/metrics/metrics';
import type { MessageQueue } from '../../platform/queue/message-queue';

export interface StatusQueueDepthDependencies {
  /** `null`: updates are not queued. */
  readonly queue: MessageQueue | null;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
}

/** Each look is two calls that are paid for; whoever scrapes more often gets what was seen last. */
const FRESH_FOR_MS = 10_000;

export type QueuedState = 'waiting' | 'held' | 'dead_letter';

/**
 * Counts the messages of the queue whenever metrics are read, in each process: the worst cases, that nobody consumes or that SQS itself put dead letters
 * aside, are those in which no consumer has anything to tell.
 */
export class StatusQueueDepth {
  private seenAtMs = -Infinity;
  private isUncounted = false;

  constructor(private readonly dependencies: StatusQueueDepthDependencies) {
    const { queue, metrics } = dependencies;
    if (queue !== null) metrics.onScrape(() => this.refresh(queue));
  }

  private async refresh(queue: MessageQueue): Promise<void> {
    const { clock } = this.dependencies;
    if (clock.monotonicMs() - this.seenAtMs < FRESH_FOR_MS) return;
    this.seenAtMs = clock.monotonicMs();
    const [depth, buried] = await Promise.allSettled([queue.depth(), queue.countBuried()]);
    this.show('waiting', depth.status === 'fulfilled' ? depth.value.waiting : null);
    this.show('held', depth.status === 'fulfilled' ? depth.value.held : null);
    this.show('dead_letter', buried.status === 'fulfilled' ? buried.value : null);
    const failed = [depth, buried].find((look) => look.status === 'rejected');
    this.tell(failed?.reason ?? null);
  }

  /** @param count `null` where it is not known: the last one would look like an empty queue, or a full one, for as long as that lasts */
  private show(state: QueuedState, count: number | null): void {
    const { statusQueueMessages: gauge } = this.dependencies.metrics;
    if (count === null) gauge.remove({ state });
    else gauge.set({ state }, count);
  }

  /** What lasts is told once. */
  private tell(err: unknown): void {
    const wasUncounted = this.isUncounted;
    this.isUncounted = err !== null;
    if (this.isUncounted && !wasUncounted)
      this.dependencies.log.warn({ err }, 'the messages of the queue cannot be counted; it is tried again');
  }
}
