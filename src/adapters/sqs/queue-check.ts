import {
  GetQueueAttributesCommand,
  type GetQueueAttributesCommandOutput,
  type QueueAttributeName,
} from '@aws-sdk/client-sqs';
import { QueueUnavailable } from '../../platform/queue/queue.errors';
import { isOutage, reasonOf } from './sqs.errors';
import type { SqsConnection } from './sqs.connection';

/** Spec 70: dead letters after 5 tries. */
const TRIES = 5;
const ATTRIBUTES: QueueAttributeName[] = ['FifoQueue', 'RedrivePolicy'];

/** The queue is not one that Vesper can work with; `message` says what to do. */
export class UnusableQueue extends Error {
  constructor(url: string, faults: readonly string[], cause?: unknown) {
    super(`The queue ${url} cannot be used as it is:\n${faults.map((fault) => `- ${fault}`).join('\n')}`, {
      cause,
    });
    this.name = 'UnusableQueue';
  }
}

interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/**
 * Looks at the queue once, at start.
 * @returns `false` when SQS is out of reach: that may pass, and everything but status updates works meanwhile
 * @throws UnusableQueue when it is not there, not ours to use, or of the wrong kind
 */
export async function checkQueue(
  connection: SqsConnection,
  notice: (message: string, fields: object) => void,
): Promise<boolean> {
  try {
    const policy = await readPolicy(connection, (command) => connection.call(command));
    const { maxReceiveCount } = policy;
    if (maxReceiveCount !== TRIES)
      notice('the redrive policy of the queue does not allow five tries', {
        max_receive_count: maxReceiveCount,
      });
    return true;
  } catch (error) {
    const cause = error instanceof QueueUnavailable ? error.cause : error;
    if (isOutage(cause)) return false;
    if (error instanceof UnusableQueue) throw error;
    throw new UnusableQueue(connection.url, [remedyFor(cause)], cause);
  }
}

/** A dead-letter queue lies in the account and Region of its queue (a rule of SQS), so its URL differs in the name only. */
export async function findDeadLetterUrl(connection: SqsConnection): Promise<string> {
  const { deadLetterTargetArn } = await readPolicy(connection, (command) => connection.look(command));
  const name = deadLetterTargetArn.slice(deadLetterTargetArn.lastIndexOf(':') + 1);
  return connection.url.slice(0, connection.url.lastIndexOf('/') + 1) + name;
}

/** @throws UnusableQueue */
async function readPolicy(
  { url }: SqsConnection,
  ask: (command: GetQueueAttributesCommand) => Promise<GetQueueAttributesCommandOutput>,
): Promise<RedrivePolicy> {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ATTRIBUTES });
  const { Attributes: attributes = {} } = await ask(command);
  const faults: string[] = [];
  if (attributes.FifoQueue !== 'true')
    faults.push('it is a standard queue, which keeps no order: make a FIFO queue, whose name ends in .fifo');
  const policy = parsePolicy(attributes.RedrivePolicy);
  if (policy === null)
    faults.push(
      `it has no dead-letter queue: give it a redrive policy with a FIFO dead-letter queue and a maxReceiveCount of ${TRIES}`,
    );
  if (policy === null || faults.length > 0) throw new UnusableQueue(url, faults);
  return policy;
}

function parsePolicy(text: string | undefined): RedrivePolicy | null {
  if (text === undefined || text === '') return null;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(text) as Record<string, unknown>;
  // SQS itself writes the count as a number, and as a text when it was given as one.
  return typeof deadLetterTargetArn === 'string'
    ? { deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) }
    : null;
}

function remedyFor(cause: unknown): string {
  const reason = reasonOf(cause);
  const said = cause instanceof Error ? cause.message : String(cause);
  if (reason === 'QueueDoesNotExist')
    return 'there is no such queue: check SQS_QUEUE_URL, its Region and account, or create the queue';
  return `${reason}: ${said}. Vesper needs sqs:GetQueueAttributes, SendMessage, ReceiveMessage, DeleteMessage and ChangeMessageVisibility on it, and GetQueueAttributes and SendMessage on its dead-letter queue`;
}
