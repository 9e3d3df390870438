import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import { FakeClock } from './fake-clock';
import { DEAD_LETTERS, FakeSqs } from './fake-sqs';

let clock: FakeClock;
let sqs: FakeSqs;
let client: SQSClient;
let sent = 0;

beforeEach(async () => {
  clock = new FakeClock();
  sqs = await FakeSqs.start({ clock });
  client = new SQSClient({ endpoint: sqs.endpoint, region: 'eu-central-1', maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await sqs.close();
});

const entry = (more: Partial<SendMessageBatchRequestEntry> = {}): SendMessageBatchRequestEntry => ({
  Id: 'one',
  MessageBody: 'body',
  MessageGroupId: 'a',
  MessageDeduplicationId: `id-${sent++}`,
  ...more,
});
const send = (...Entries: SendMessageBatchRequestEntry[]) =>
  client.send(new SendMessageBatchCommand({ QueueUrl: sqs.queueUrl, Entries }));
const sendOne = (more: Partial<SendMessageBatchRequestEntry> = {}) => {
  const { Id: _, ...message } = entry(more);
  return client.send(new SendMessageCommand({ QueueUrl: sqs.queueUrl, ...message }));
};
const receive = async (more: object = {}, queueUrl = sqs.queueUrl) => {
  const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, ...more });
  return (await client.send(command)).Messages ?? [];
};
const bodies = (messages: readonly { Body?: string | undefined }[]) => messages.map(({ Body }) => Body);
const remove = (receipt: string | undefined) => {
  const Entries = [{ Id: 'one', ReceiptHandle: receipt ?? '' }];
  return client.send(new DeleteMessageBatchCommand({ QueueUrl: sqs.queueUrl, Entries }));
};
const hide = (receipt: string | undefined, seconds: number) => {
  const Entries = [{ Id: 'one', ReceiptHandle: receipt ?? '', VisibilityTimeout: seconds }];
  return client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: sqs.queueUrl, Entries }));
};
const named = (name: string) => expect.objectContaining({ name }) as Error;

describe('a message', () => {
  it.each([
    ['without group', { MessageGroupId: undefined }, 'MissingParameter'],
    ['with a group that is too long', { MessageGroupId: 'x'.repeat(129) }, 'InvalidParameterValue'],
    ['with a group of other characters', { MessageGroupId: 'ü' }, 'InvalidParameterValue'],
    ['without deduplication id', { MessageDeduplicationId: undefined }, 'InvalidParameterValue'],
    ['with one that is too long', { MessageDeduplicationId: 'x'.repeat(129) }, 'InvalidParameterValue'],
    ['with a delay of its own', { DelaySeconds: 1 }, 'InvalidParameterValue'],
    ['without body', { MessageBody: '' }, 'MissingParameter'],
    ['with a control character', { MessageBody: 'a\u0000' }, 'InvalidMessageContents'],
    ['with a noncharacter', { MessageBody: '\uFFFE' }, 'InvalidMessageContents'],
    ['above 1 MiB', { MessageBody: 'x'.repeat(1_048_577) }, 'InvalidParameterValue'],
  ])('%s is refused', async (_, more, name) => {
    await expect(sendOne(more)).rejects.toEqual(named(name));
    const { Failed: failed = [] } = await send(entry(more), entry({ Id: 'good' }));
    expect(failed).toMatchObject([{ Id: 'one', Code: name, SenderFault: true }]);
    expect(sqs.messages()).toHaveLength(1);
  });

  it('of 1 MiB is taken, with its characters', async () => {
    const body = 'ü\t\n\r\u{1F600}'.padEnd(1_048_576 - 5, 'x');
    await sendOne({ MessageBody: body });
    expect(bodies(await receive())).toEqual([body]);
  });
});

describe('a batch', () => {
  it.each([
    ['of none', [], 'EmptyBatchRequest'],
    [
      'of eleven',
      Array.from({ length: 11 }, (_, n) => entry({ Id: `${n}` })),
      'TooManyEntriesInBatchRequest',
    ],
    ['with one id twice', [entry(), entry()], 'BatchEntryIdsNotDistinct'],
    ['with an odd id', [entry({ Id: 'a b' })], 'InvalidBatchEntryId'],
    [
      'above 1 MiB in all',
      [
        entry({ Id: 'a', MessageBody: 'x'.repeat(600_000) }),
        entry({ Id: 'b', MessageBody: 'x'.repeat(600_000) }),
      ],
      'BatchRequestTooLong',
    ],
  ])('%s is refused as a whole', async (_, entries, name) => {
    await expect(send(...entries)).rejects.toEqual(named(name));
    expect(sqs.messages()).toEqual([]);
  });
});

it('refuses what is not there, and what it does not know', async () => {
  const elsewhere = `${sqs.endpoint}/000000000000/other.fifo`;
  await expect(receive({}, elsewhere)).rejects.toEqual(named('QueueDoesNotExist'));
  await expect(client.send(new ListQueuesCommand({}))).rejects.toEqual(named('UnsupportedOperation'));
  await expect(receive({ WaitTimeSeconds: 21 })).rejects.toEqual(named('InvalidParameterValue'));
  await expect(receive({ MaxNumberOfMessages: 11 })).rejects.toEqual(named('InvalidParameterValue'));
  await expect(
    client.send(new GetQueueAttributesCommand({ QueueUrl: sqs.queueUrl, AttributeNames: ['Foo' as 'All'] })),
  ).rejects.toEqual(named('InvalidAttributeName'));
  const unsigned = await fetch(sqs.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
    body: '{}',
  });
  expect(unsigned.status).toBe(403);
});

it('takes a repetition within five minutes for the same message, also when that is long gone', async () => {
  const once = { MessageDeduplicationId: 'same' };
  const first = await sendOne(once);
  const [message] = await receive();
  await remove(message?.ReceiptHandle);
  await clock.advance('299s');
  expect((await sendOne(once)).MessageId).toBe(first.MessageId);
  expect(sqs.messages()).toEqual([]);
  await clock.advance('1s');
  await sendOne(once);
  expect(sqs.messages()).toHaveLength(1);
});

it('hands a message out again when its time is up, and then takes only the latest receipt', async () => {
  await sendOne();
  const [first] = await receive({ VisibilityTimeout: 10 });
  expect(await receive()).toEqual([]);
  await clock.advance('10s');
  expect((await remove(first?.ReceiptHandle)).Failed).toMatchObject([{ Code: 'InvalidParameterValue' }]);
  const [again] = await receive({ VisibilityTimeout: 10, MessageSystemAttributeNames: ['All'] });
  expect(again?.Attributes).toMatchObject({ ApproximateReceiveCount: '2' });
  expect((await remove(first?.ReceiptHandle)).Failed).toMatchObject([{ Code: 'InvalidParameterValue' }]);
  expect((await remove('nonsense')).Failed).toMatchObject([{ Code: 'ReceiptHandleIsInvalid' }]);
  expect((await remove(again?.ReceiptHandle)).Successful).toHaveLength(1);
  expect((await remove(again?.ReceiptHandle)).Successful).toHaveLength(1);
});

it('blocks a group of which anything is in flight, and keeps its order', async () => {
  await send(entry({ Id: '1', MessageBody: 'a1' }), entry({ Id: '2', MessageBody: 'a2' }));
  await sendOne({ MessageGroupId: 'b', MessageBody: 'b1' });
  const [a1] = await receive({ MaxNumberOfMessages: 1, VisibilityTimeout: 60 });
  expect(bodies(await receive({ VisibilityTimeout: 60 }))).toEqual(['b1']);
  await hide(a1?.ReceiptHandle, 0);
  expect(bodies(await receive())).toEqual(['a1', 'a2']);
});

it('hides a message for twelve hours in all, and none that is not in flight', async () => {
  await sendOne();
  const [message] = await receive({ VisibilityTimeout: 43_200 });
  await clock.advance('11h');
  expect((await hide(message?.ReceiptHandle, 3_601)).Failed).toMatchObject([
    { Code: 'InvalidParameterValue' },
  ]);
  expect((await hide(message?.ReceiptHandle, 3_600)).Successful).toHaveLength(1);
  await clock.advance('1h');
  expect((await hide(message?.ReceiptHandle, 1)).Failed).toMatchObject([{ Code: 'MessageNotInflight' }]);
});

it('moves a message to the dead letters on the receive after the fifth, and whatever came along', async () => {
  await send(entry({ Id: '1', MessageBody: 'bad' }), entry({ Id: '2', MessageBody: 'good' }));
  for (let n = 0; n < 5; n++) {
    expect(bodies(await receive({ VisibilityTimeout: 1 }))).toEqual(['bad', 'good']);
    await clock.advance('1s');
  }
  expect(await receive()).toEqual([]);
  expect(bodies(await receive({}, sqs.queues.urlOf(DEAD_LETTERS)))).toEqual(['bad', 'good']);
});
