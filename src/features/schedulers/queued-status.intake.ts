import { demandPastOrPresent, type Reporter, type StatusUpdate } from '../../domain/schedulers/status-update';
import type { Clock } from '../../domain/shared/clock';
import type { IdSource } from '../../domain/shared/id-source';
import type { MessageQueue } from '../../platform/queue/message-queue';
import type { KnownSchedulers } from './known-schedulers';
import { toQueuedBody } from './queued-update.dto';
import type { Intake, StatusIntake } from './status-intake';
import type { StatusQueueTelemetry } from './status-queue.telemetry';

export interface QueuedIntakeDependencies {
  readonly queue: MessageQueue;
  readonly known: KnownSchedulers;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly telemetry: StatusQueueTelemetry;
}

/** Puts each update into the queue; what is known to be wrong with it is said at once, as without a queue. */
export class QueuedStatusIntake implements StatusIntake {
  constructor(private readonly dependencies: QueuedIntakeDependencies) {}

  async accept(update: StatusUpdate, reporter: Reporter): Promise<Intake> {
    const { queue, known, clock, ids, telemetry } = this.dependencies;
    const receivedAt = clock.now();
    demandPastOrPresent(update, receivedAt);
    await known.demandRegistered(update.schedulerId);
    try {
      await queue.send({
        // Neither content nor correlation id: both may come again for another acceptance, and the queue would drop that one without a word.
        id: ids.next(),
        group: update.schedulerId,
        body: toQueuedBody({ update, reporter, receivedAt }),
      });
    } catch (error) {
      telemetry.notQueued();
      throw error;
    }
    telemetry.queued();
    return { kind: 'queued', receivedAt };
  }
}
