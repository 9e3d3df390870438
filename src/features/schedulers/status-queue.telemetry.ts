import { Inject, Injectable } from '@nestjs/common';
import { QUEUE_WORKER } from '../../platform/config/queue-section';
import { Log } from '../../platform/logging/log';
import { Metrics } from '../../platform/metrics/metrics';
import type { HeldMessage } from '../../platform/queue/message-queue';

/** Why a message became a dead letter: nobody can read it, the rules refuse it, or it failed again and again. */
export type DeadReason = 'unreadable' | 'refused' | 'failed';

/** Tells logs and metrics what becomes of queued updates; what lasts is told once. */
@Injectable()
export class StatusQueueTelemetry {
  private isAway = false;
  private isWaiting = false;

  constructor(
    private readonly metrics: Metrics,
    @Inject(Log) private readonly log: Log,
  ) {}

  queued(): void {
    this.metrics.statusQueued.inc({ outcome: 'queued' });
  }

  notQueued(): void {
    this.metrics.statusQueued.inc({ outcome: 'failed' });
  }

  /** It is in the storage. @param ageMs since it was accepted */
  recorded(ageMs: number): void {
    this.metrics.statusConsumed.inc({ outcome: 'recorded' });
    this.metrics.statusQueueAge.observe(Math.max(0, ageMs) / 1_000);
    if (!this.isWaiting) return;
    this.isWaiting = false;
    this.log.info('queued updates are applied again');
  }

  buried(message: HeldMessage, reason: DeadReason, fields: object): void {
    this.metrics.statusConsumed.inc({ outcome: 'dead_letter' });
    this.log.error({ ...factsOf(message), reason, ...fields }, 'a queued update became a dead letter');
  }

  notBuried(message: HeldMessage, reason: DeadReason, err: unknown): void {
    this.log.error(
      { ...factsOf(message), reason, err },
      'a dead letter could not be put aside; it holds up its scheduler and is tried again',
    );
  }

  newer(message: HeldMessage, version: number): void {
    this.log.warn(
      { ...factsOf(message), version },
      'a queued update was written by a newer Vesper and is left to one',
    );
  }

  released(count: number): void {
    this.metrics.statusConsumed.inc({ outcome: 'released' }, count);
  }

  /** The storage, or others who write at the same time, keep an update from being applied. */
  waiting(err: unknown): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.log.warn({ err }, 'queued updates cannot be applied for now; they are kept and tried again');
  }

  faulty(message: HeldMessage, correlationId: string, err: unknown): void {
    this.log.error(
      { ...factsOf(message), correlation_id: correlationId, err },
      'a queued update failed for a reason nobody foresaw; it is tried again',
    );
  }

  notFinished(count: number): void {
    this.log.warn(
      { count },
      'applied updates could not be taken out of the queue; they come again and change nothing',
    );
  }

  reached(): void {
    if (!this.isAway) return;
    this.isAway = false;
    this.log.info('the queue is in reach again');
  }

  away(err: unknown): void {
    this.metrics.workerInterruptions.inc({ worker: QUEUE_WORKER });
    if (this.isAway) return;
    this.isAway = true;
    this.log.warn({ err }, 'the queue cannot be read; it is tried again');
  }

  /** The queue was in reach; what is held comes again. */
  broken(err: unknown): void {
    this.metrics.workerInterruptions.inc({ worker: QUEUE_WORKER });
    this.log.error(
      { err },
      'queued updates could not be worked through for a reason nobody foresaw; they are tried again',
    );
  }
}

function factsOf({ id, group, receives }: HeldMessage): object {
  return { message_id: id, group, receives };
}
