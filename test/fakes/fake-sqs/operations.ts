import { LARGEST_BYTES, md5, md5OfAttributes, readDraft } from './content';
import type { FakeMessage, FifoQueue } from './fifo-queue';
import { Parameters } from './parameters';
import type { Queues } from './queues';
import { Refusal } from './refusal';

const MOST_IN_A_BATCH = 10;
const ENTRY_ID = /^[\w-]{1,80}$/;
const SYSTEM_ATTRIBUTES = [
  ...['All', 'SenderId', 'SentTimestamp', 'ApproximateReceiveCount', 'ApproximateFirstReceiveTimestamp'],
  ...[
    'SequenceNumber',
    'MessageDeduplicationId',
    'MessageGroupId',
    'AWSTraceHeader',
    'DeadLetterQueueSourceArn',
  ],
];

/** What the operations stand on. */
export interface Service {
  readonly queues: Queues;
  readonly now: () => number;
  /** Whether this entry of a batch fails although nothing is wrong with it. */
  readonly isUnlucky: (operation: string) => boolean;
  /** Whether a confirmed deletion changes nothing, as it can be. */
  readonly forgetsDeletion: () => boolean;
  /** Waits until there may be something to receive, or the time is up. @returns whether to look again */
  readonly wait: (untilMs: number, queue: FifoQueue) => Promise<boolean>;
}

type Operation = (parameters: Parameters, service: Service) => object | Promise<object>;

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateQueue: (parameters, { queues }) => {
    const name = parameters.text('QueueName');
    const attributes = parameters.map('Attributes') as Record<string, string>;
    parameters.end();
    return { QueueUrl: queues.create(name, attributes) };
  },
  GetQueueAttributes: (parameters, { queues }) => {
    const queue = queues.at(parameters.text('QueueUrl'));
    const names = parameters.texts('AttributeNames');
    parameters.end();
    return { Attributes: queues.describe(queue, names) };
  },
  SendMessage: (parameters, { queues }) => {
    const queue = queues.at(parameters.text('QueueUrl'));
    return confirmationOf(queue.send(readDraft(parameters, queue.contentBasedDeduplication)));
  },
  SendMessageBatch: (parameters, { queues, isUnlucky }) => {
    const queue = queues.at(parameters.text('QueueUrl'));
    const entries = readEntries(parameters);
    let bytes = 0;
    const drafts = entries.map(({ id, fields }) => {
      const draft = attempt(() => readDraft(fields, queue.contentBasedDeduplication));
      if (!(draft instanceof Refusal)) bytes += draft.bytes;
      return { id, draft };
    });
    if (bytes > LARGEST_BYTES)
      throw new Refusal(
        'BatchRequestTooLong',
        `Batch requests cannot be longer than ${LARGEST_BYTES} bytes. You have sent ${bytes} bytes.`,
        400,
        'AWS.SimpleQueueService.BatchRequestTooLong',
      );
    return batchResult(
      drafts.map(({ id, draft }) => [
        id,
        draft instanceof Refusal
          ? draft
          : isUnlucky('SendMessageBatch')
            ? INTERNAL
            : confirmationOf(queue.send(draft)),
      ]),
    );
  },
  ReceiveMessage: receive,
  DeleteMessageBatch: (parameters, { queues, isUnlucky, forgetsDeletion }) => {
    const queue = queues.at(parameters.text('QueueUrl'));
    return eachEntry(parameters, isUnlucky, 'DeleteMessageBatch', (fields) => {
      const receipt = fields.text('ReceiptHandle');
      fields.end();
      if (!forgetsDeletion()) queue.delete(receipt);
    });
  },
  ChangeMessageVisibilityBatch: (parameters, { queues, isUnlucky }) => {
    const queue = queues.at(parameters.text('QueueUrl'));
    return eachEntry(parameters, isUnlucky, 'ChangeMessageVisibilityBatch', (fields) => {
      const receipt = fields.text('ReceiptHandle');
      const seconds = fields.optionalCount('VisibilityTimeout', 0, 43_200) ?? 0;
      fields.end();
      queue.changeVisibility(receipt, seconds * 1_000);
    });
  },
};

const INTERNAL = new Refusal('InternalError', 'We encountered an internal error. Please try again.', 500);

async function receive(parameters: Parameters, { queues, now, wait }: Service): Promise<object> {
  const queue = queues.at(parameters.text('QueueUrl'));
  const most = parameters.optionalCount('MaxNumberOfMessages', 1, 10) ?? 1;
  const waitSeconds = parameters.optionalCount('WaitTimeSeconds', 0, 20) ?? 0;
  const visibilitySeconds = parameters.optionalCount('VisibilityTimeout', 0, 43_200) ?? 30;
  const wanted = parameters.texts('MessageSystemAttributeNames');
  const attributeNames = parameters.texts('MessageAttributeNames');
  parameters.end();
  const unknown = wanted.filter((name) => !SYSTEM_ATTRIBUTES.includes(name));
  if (unknown.length > 0)
    throw new Refusal('InvalidAttributeName', `Unknown Attribute ${unknown.join(', ')}.`);
  const untilMs = now() + waitSeconds * 1_000;
  for (;;) {
    const messages = queue.receive(most, visibilitySeconds * 1_000);
    if (messages.length > 0)
      return { Messages: messages.map((message) => shown(message, wanted, attributeNames)) };
    if (now() >= untilMs || !(await wait(untilMs, queue))) return {};
  }
}

function shown(message: FakeMessage, wanted: readonly string[], attributeNames: readonly string[]): object {
  const system: Record<string, string> = {
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    SequenceNumber: message.sequence,
    MessageDeduplicationId: message.deduplicationId,
    MessageGroupId: message.group,
  };
  const chosen = Object.entries(system).filter(([name]) => wanted.includes(name) || wanted.includes('All'));
  const attributes = Object.entries(message.attributes).filter(
    ([name]) => attributeNames.includes(name) || attributeNames.includes('All'),
  );
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(chosen.length > 0 && { Attributes: Object.fromEntries(chosen) }),
    ...(attributes.length > 0 && {
      MessageAttributes: Object.fromEntries(attributes),
      MD5OfMessageAttributes: md5OfAttributes(Object.fromEntries(attributes)),
    }),
  };
}

function confirmationOf(message: FakeMessage): object {
  const attributes = md5OfAttributes(message.attributes);
  return {
    MessageId: message.id,
    SequenceNumber: message.sequence,
    MD5OfMessageBody: md5(message.body),
    ...(attributes !== null && { MD5OfMessageAttributes: attributes }),
  };
}

/** @throws Refusal of the batch as a whole */
function readEntries(parameters: Parameters): { id: string; fields: Parameters }[] {
  const entries = parameters.list('Entries').map((fields) => ({ id: fields.text('Id'), fields }));
  parameters.end();
  const refuse = (code: string, message: string) =>
    new Refusal(code, message, 400, `AWS.SimpleQueueService.${code}`);
  if (entries.length === 0)
    throw refuse('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > MOST_IN_A_BATCH)
    throw refuse(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MOST_IN_A_BATCH}.`,
    );
  if (!entries.every(({ id }) => ENTRY_ID.test(id)))
    throw refuse(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores.',
    );
  if (new Set(entries.map(({ id }) => id)).size < entries.length)
    throw refuse('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  return entries;
}

function eachEntry(
  parameters: Parameters,
  isUnlucky: Service['isUnlucky'],
  operation: string,
  carryOut: (fields: Parameters) => void,
): object {
  const results = readEntries(parameters).map(({ id, fields }): [string, object] => {
    if (isUnlucky(operation)) return [id, INTERNAL];
    return [id, attempt(() => (carryOut(fields), {}))];
  });
  return batchResult(results);
}

/** The call succeeds whatever became of its entries. */
function batchResult(results: readonly (readonly [string, object])[]): object {
  const successful: object[] = [];
  const failed: object[] = [];
  for (const [Id, result] of results) {
    if (result instanceof Refusal) failed.push(toFailedEntry(Id, result));
    else successful.push({ Id, ...result });
  }
  return { Successful: successful, ...(failed.length > 0 && { Failed: failed }) };
}

function toFailedEntry(Id: string, { code, message, status }: Refusal): object {
  return { Id, Code: code, Message: message, SenderFault: status < 500 };
}

function attempt<T>(work: () => T): T | Refusal {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
