import { createHash } from 'node:crypto';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
  type QueueAttributeName,
} from '@aws-sdk/client-sqs';
import {
  HOLD_MS,
  type HeldMessage,
  type MessageQueue,
  type OutgoingMessage,
  type QueueDepth,
} from '../../platform/queue/message-queue';
import { QueueUnavailable } from '../../platform/queue/queue.errors';
import { SendBatcher, type Entry } from './send-batcher';
import { LONG_POLL_SECONDS, type SqsConnection } from './sqs.connection';
import { findDeadLetterUrl } from './queue-check';

const MOST_IN_A_BATCH = 10;
const HOLD_SECONDS = HOLD_MS / 1_000;
const DEPTH: QueueAttributeName[] = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
/** Of SQS. */
const LONGEST_GROUP_ID = 128;
const GROUP_ID = /^[!-~]+$/;
/** The only characters of JSON text, written as JSON.stringify does, that SQS does not take (it takes what XML 1.0 takes). */
const NOT_IN_XML = /[\uFFFE\uFFFF]/g;

/** One FIFO queue of SQS with its dead-letter queue. */
export class SqsQueue implements MessageQueue {
  private readonly sends: SendBatcher;
  private deadLetterUrl: string | null = null;

  /** @param connection to a queue that was checked, or will be when SQS can be reached */
  constructor(private readonly connection: SqsConnection) {
    this.sends = new SendBatcher(connection);
  }

  send(message: OutgoingMessage): Promise<void> {
    return this.sends.send(toEntry(message));
  }

  async receive(signal: AbortSignal): Promise<readonly HeldMessage[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.connection.url,
      MaxNumberOfMessages: MOST_IN_A_BATCH,
      WaitTimeSeconds: LONG_POLL_SECONDS,
      VisibilityTimeout: HOLD_SECONDS,
      MessageSystemAttributeNames: ['MessageGroupId', 'ApproximateReceiveCount'],
    });
    const output = await this.connection.poll(command, signal);
    return (output?.Messages ?? []).map(toHeldMessage);
  }

  extend(messages: readonly HeldMessage[]): Promise<readonly HeldMessage[]> {
    return this.changeVisibility(messages, HOLD_SECONDS);
  }

  async release(messages: readonly HeldMessage[], afterMs: number): Promise<void> {
    await this.changeVisibility(messages, Math.ceil(afterMs / 1_000));
  }

  async finish(messages: readonly HeldMessage[]): Promise<readonly HeldMessage[]> {
    if (messages.length === 0) return [];
    const Entries = messages.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }));
    const command = new DeleteMessageBatchCommand({ QueueUrl: this.connection.url, Entries });
    return this.confirmed(messages, this.connection.call(command));
  }

  /** Sent there before it is deleted here; what a crash between the two repeats is the same message for the dead-letter queue. */
  async bury(message: HeldMessage, reason: string): Promise<void> {
    const { id, group, body } = message;
    const command = new SendMessageCommand({
      QueueUrl: await this.findDeadLetters(),
      ...toEntry({ id, group, body }),
      MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
    });
    await this.connection.call(command);
    const finished = await this.finish([message]);
    if (finished.length === 0)
      throw new QueueUnavailable('the original of a dead letter could not be deleted');
  }

  depth(): Promise<QueueDepth> {
    return this.depthOf(this.connection.url);
  }

  /** Whoever looks at a dead letter by hand holds it for a while: it is still there. */
  async countBuried(): Promise<number> {
    const { waiting, held } = await this.depthOf(await this.findDeadLetters());
    return waiting + held;
  }

  private async depthOf(QueueUrl: string): Promise<QueueDepth> {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: DEPTH });
    const { Attributes: depth } = await this.connection.look(command);
    return {
      waiting: Number(depth?.ApproximateNumberOfMessages ?? 0),
      held: Number(depth?.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  }

  private async findDeadLetters(): Promise<string> {
    this.deadLetterUrl ??= await findDeadLetterUrl(this.connection);
    return this.deadLetterUrl;
  }

  private async changeVisibility(messages: readonly HeldMessage[], seconds: number) {
    if (messages.length === 0) return [];
    const Entries = messages.map(({ receipt }, index) => ({
      Id: String(index),
      ReceiptHandle: receipt,
      VisibilityTimeout: seconds,
    }));
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.connection.url, Entries });
    return this.confirmed(messages, this.connection.call(command));
  }

  /** Those that SQS confirms by name. When it confirms nothing, the health says why and the messages come again when their time is up. */
  private async confirmed(
    messages: readonly HeldMessage[],
    call: Promise<{ readonly Successful: readonly { readonly Id: string | undefined }[] | undefined }>,
  ): Promise<readonly HeldMessage[]> {
    const { Successful: confirmed = [] } = await call.catch(() => ({ Successful: [] }));
    const ids = new Set(confirmed.map(({ Id }) => Id));
    return messages.filter((_, index) => ids.has(String(index)));
  }
}

/** As SQS takes it: a group of any text, characters beyond XML escaped as JSON escapes them. */
export function toEntry({ id, group, body }: OutgoingMessage): Entry {
  return {
    MessageBody: body.replaceAll(NOT_IN_XML, (character) => `\\u${character.charCodeAt(0).toString(16)}`),
    MessageGroupId: toGroupId(group),
    MessageDeduplicationId: id,
  };
}

function toGroupId(group: string): string {
  if (group.length <= LONGEST_GROUP_ID && GROUP_ID.test(group)) return group;
  return `sha256:${createHash('sha256').update(group).digest('hex')}`;
}

function toHeldMessage({ MessageId, Body, ReceiptHandle, Attributes }: Message): HeldMessage {
  return {
    id: MessageId ?? '',
    group: Attributes?.MessageGroupId ?? '',
    body: Body ?? '',
    receives: Number(Attributes?.ApproximateReceiveCount ?? 1),
    receipt: ReceiptHandle ?? '',
  };
}
