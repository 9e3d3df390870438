import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SendMessageBatchResult,
} from '@aws-sdk/client-sqs';
import { QueueUnavailable } from '../../platform/queue/queue.errors';
import { queueErrorOf } from './sqs.errors';
import type { SqsConnection } from './sqs.connection';

/** Of SQS. Ten of the largest updates stay far below the 1 MiB that a batch may hold. */
const MOST_IN_A_BATCH = 10;
/**
 * Calls under way at once. As long as there are fewer, a message goes alone and at once; above, those that wait share calls: a FIFO queue takes 300
 * calls a second and ten messages with each, and a call costs the SDK more than all the rest of a request.
 */
const MOST_CALLS = 4;

export type Entry = Omit<SendMessageBatchRequestEntry, 'Id'>;

interface Waiting {
  readonly entry: Entry;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Sends messages that come at the same time together; each sender learns what became of its own. */
export class SendBatcher {
  private waiting: Waiting[] = [];
  private calls = 0;

  constructor(private readonly connection: SqsConnection) {}

  /** @throws QueueUnavailable | QueueRequestRefused when this message is not known to be taken */
  send(entry: Entry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ entry, resolve, reject });
      this.pump();
    });
  }

  private pump(): void {
    while (this.calls < MOST_CALLS && this.waiting.length > 0) {
      this.calls++;
      void this.sendTogether(this.waiting.splice(0, MOST_IN_A_BATCH)).finally(() => {
        this.calls--;
        this.pump();
      });
    }
  }

  private async sendTogether(batch: readonly Waiting[]): Promise<void> {
    const Entries = batch.map(({ entry }, index) => ({ ...entry, Id: String(index) }));
    try {
      const result = await this.connection.call(
        new SendMessageBatchCommand({ QueueUrl: this.connection.url, Entries }),
      );
      batch.forEach((waiting, index) => settle(waiting, String(index), result));
    } catch (error) {
      batch.forEach(({ reject }) => reject(error as Error));
      if (!(error instanceof QueueUnavailable)) return;
      // SQS is away: whoever waits for a free call is to learn it now, and not one deadline after another.
      this.waiting.splice(0).forEach(({ reject }) => reject(error));
    }
  }
}

/** HTTP 200 says nothing of a single message: one that is in neither list was not taken either. */
function settle({ resolve, reject }: Waiting, id: string, result: SendMessageBatchResult): void {
  if (result.Successful?.some((entry) => entry.Id === id)) return resolve();
  const failed = result.Failed?.find((entry) => entry.Id === id);
  reject(queueErrorOf(failed?.Code ?? 'not confirmed', failed));
}
