import type { Clock } from '../../domain/shared/clock';
import type { QueueConfig } from '../../platform/config/config';
import type { HealthProbe } from '../../platform/health/health-probe';
import type { Log } from '../../platform/logging/log';
import type { MessageQueue } from '../../platform/queue/message-queue';
import { checkQueue } from './queue-check';
import { SqsConnection } from './sqs.connection';
import { SqsHealthProbe } from './sqs-health.probe';
import { SqsQueue } from './sqs.queue';

export interface QueueInstallation {
  readonly queue: MessageQueue;
  readonly probe: HealthProbe;
  /** Nothing may be called afterwards. */
  close(): Promise<void>;
}

/** @throws UnusableQueue when the queue is not there or not of the right kind; SQS being out of reach is none of it */
export async function installSqs(config: QueueConfig, clock: Clock, log: Log): Promise<QueueInstallation> {
  const connection = new SqsConnection(config);
  const probe = new SqsHealthProbe(connection, clock);
  const notice = (message: string, fields: object) => log.warn(fields, message);
  try {
    if (!(await checkQueue(connection, notice)))
      log.warn(
        { queue: probe.check() },
        'the queue is out of reach; status updates are refused until it is back',
      );
  } catch (error) {
    connection.close();
    throw error;
  }
  const close = async () => {
    await probe.close();
    connection.close();
  };
  return { queue: new SqsQueue(connection), probe, close };
}
