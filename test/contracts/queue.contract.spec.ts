import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { SystemClock } from '../../src/adapters/system/system.clock';
import { installSqs, type QueueInstallation } from '../../src/adapters/sqs/sqs.installation';
import { createLogs } from '../../src/platform/logging/log';
import type { HeldMessage, MessageQueue } from '../../src/platform/queue/message-queue';
import { FakeSqs } from '../fakes/fake-sqs';

/** An SQS that is not ours, e.g. ElasticMQ of docker-compose.yml at http://localhost:9324; queues of their own names are made there. */
const REAL_ENDPOINT = process.env['SQS_TEST_ENDPOINT'];
const clock = new SystemClock();
const { log } = createLogs({ level: 'silent', format: 'json', clock, stream: { write: () => undefined } });

interface Subject {
  readonly queue: MessageQueue;
  /** Bodies and reasons that lie in the dead-letter queue. */
  deadLetters(): Promise<readonly (readonly [string, string])[]>;
  close(): Promise<void>;
}

async function openOn(endpoint: string): Promise<Subject> {
  const client = new SQSClient({ endpoint, region: 'eu-central-1' });
  const name = `vesper-test-${randomUUID().slice(0, 8)}`;
  const create = async (suffix: string, attributes: Record<string, string>) => {
    const QueueName = `${name}${suffix}.fifo`;
    const made = await client.send(
      new CreateQueueCommand({ QueueName, Attributes: { FifoQueue: 'true', ...attributes } }),
    );
    return made.QueueUrl ?? '';
  };
  const deadUrl = await create('-dead', {});
  const { Attributes: dead = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: deadUrl, AttributeNames: ['QueueArn'] }),
  );
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.QueueArn, maxReceiveCount: 5 });
  const url = await create('', { RedrivePolicy });
  const installation: QueueInstallation = await installSqs(
    { url, endpoint, region: 'eu-central-1' },
    clock,
    log,
  );
  return {
    queue: installation.queue,
    deadLetters: async () => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: deadUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['All'],
        }),
      );
      return Messages.map((message) => [
        message.Body ?? '',
        message.MessageAttributes?.['reason']?.StringValue ?? '',
      ]);
    },
    close: async () => {
      await installation.close();
      client.destroy();
    },
  };
}

const SUBJECTS: Readonly<Record<string, () => Promise<Subject>>> = {
  'the strict stand-in': async () => {
    const fake = await FakeSqs.start({ clock });
    const subject = await openOn(fake.endpoint);
    return {
      ...subject,
      close: async () => {
        await subject.close();
        await fake.close();
      },
    };
  },
  ...(REAL_ENDPOINT !== undefined && { [REAL_ENDPOINT]: () => openOn(REAL_ENDPOINT) }),
};

if (REAL_ENDPOINT === undefined)
  process.stderr.write('SQS_TEST_ENDPOINT is not set: the queue contract runs on the stand-in only\n');

jest.setTimeout(60_000);

describe.each(Object.entries(SUBJECTS))('a message queue, on %s', (_name, open) => {
  let subject: Subject;
  const forever = new AbortController().signal;

  beforeEach(async () => (subject = await open()));
  afterEach(() => subject.close());

  const send = (group: string, body: string, id: string = randomUUID()) =>
    subject.queue.send({ id, group, body });
  const receive = () => subject.queue.receive(forever);
  /** Until so many have come; one call may bring less than there is. */
  const receiveAll = async (count: number): Promise<HeldMessage[]> => {
    const found: HeldMessage[] = [];
    while (found.length < count) found.push(...(await receive()));
    return found;
  };
  const bodies = (messages: readonly HeldMessage[]) => messages.map(({ body }) => body);

  it('hands out what was sent, in the order of each group, and never again what was finished', async () => {
    for (const body of ['a1', 'b1', 'a2', 'b2', 'a3']) await send(body[0] ?? '', body);
    const messages = await receiveAll(5);
    for (const group of ['a', 'b']) {
      const ours = messages.filter((message) => message.group === group);
      expect(bodies(ours)).toEqual(group === 'a' ? ['a1', 'a2', 'a3'] : ['b1', 'b2']);
    }
    expect(messages.every(({ receives }) => receives === 1)).toBe(true);
    expect(await subject.queue.finish(messages)).toEqual(messages);
    expect(await subject.queue.finish([])).toEqual([]);
    await send('c', 'the next');
    expect(bodies(await receiveAll(1))).toEqual(['the next']);
  });

  it('counts what waits, what is held, and what was put aside', async () => {
    for (const group of ['a', 'b', 'c']) await send(group, group);
    expect(await subject.queue.depth()).toEqual({ waiting: 3, held: 0 });
    const messages = await receiveAll(3);
    expect(await subject.queue.depth()).toEqual({ waiting: 0, held: 3 });
    expect(await subject.queue.countBuried()).toBe(0);
    const [bad] = messages;
    if (bad !== undefined) await subject.queue.bury(bad, 'unreadable');
    await subject.queue.finish(messages.slice(1));
    expect(await subject.queue.depth()).toEqual({ waiting: 0, held: 0 });
    expect(await subject.queue.countBuried()).toBe(1);
  });

  it('holds back a group of which anything is in somebody’s hands', async () => {
    await send('a', 'a1');
    const [held] = await receiveAll(1);
    await send('a', 'a2');
    await send('b', 'b1');
    expect(bodies(await receiveAll(1))).toEqual(['b1']);
    await subject.queue.finish(held === undefined ? [] : [held]);
    expect(bodies(await receiveAll(1))).toEqual(['a2']);
  });

  it('hands out again, counted and in order, what is given back', async () => {
    await send('a', 'a1');
    await send('a', 'a2');
    await subject.queue.release(await receiveAll(2), 0);
    const again = await receiveAll(2);
    expect(again.map(({ body, receives }) => [body, receives])).toEqual([
      ['a1', 2],
      ['a2', 2],
    ]);
  });

  it('prolongs what is held, and does not claim it of what is not', async () => {
    await send('a', 'a1');
    const held = await receiveAll(1);
    expect(await subject.queue.extend(held)).toEqual(held);
    await subject.queue.finish(held);
    expect(await subject.queue.extend(held)).toEqual([]);
  });

  it('takes the very same sending once, and the same content sent anew twice', async () => {
    const id = randomUUID();
    await send('a', 'same', id);
    await send('a', 'same', id);
    await send('a', 'same');
    expect(bodies(await receiveAll(2))).toEqual(['same', 'same']);
    await send('b', 'b1');
    expect(bodies(await receiveAll(1))).toEqual(['b1']);
  });

  it('carries any JSON text, of any group', async () => {
    const text = JSON.stringify({ text: '\u0000\u0008\uFFFE\uFFFF\ud800 \u{1F600} ü'.padEnd(60_000, 'ÿ') });
    const group = 'x'.repeat(255);
    await send(group, text);
    await send(group, 'second');
    await send('spaces and ü', 'third');
    const messages = await receiveAll(3);
    expect(JSON.parse(messages[0]?.body ?? '')).toEqual(JSON.parse(text));
    expect(messages[0]?.group).toBe(messages[1]?.group);
    expect(new Set(messages.map((message) => message.group)).size).toBe(2);
  });

  it('takes hundreds that come at once, all of them, and keeps the order in which one sender sent', async () => {
    await Promise.all(Array.from({ length: 200 }, (_, n) => send(`group-${n % 20}`, `${n}`)));
    for (const body of ['x1', 'x2', 'x3']) await send('x', body);
    const messages: HeldMessage[] = [];
    while (messages.length < 203) {
      const some = await receive();
      messages.push(...some);
      await subject.queue.finish(some);
    }
    const found = bodies(messages.filter(({ group }) => group !== 'x')).map(Number);
    expect(found.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n));
    expect(bodies(messages.filter(({ group }) => group === 'x'))).toEqual(['x1', 'x2', 'x3']);
  });

  it('puts dead letters aside with their reason, and lets their group go on', async () => {
    await send('a', 'bad');
    await send('a', 'good');
    const [bad, good] = await receiveAll(2);
    if (bad === undefined || good === undefined) throw new Error('two were sent');
    await subject.queue.bury(bad, 'unreadable');
    await subject.queue.finish([good]);
    expect(await subject.deadLetters()).toEqual([['bad', 'unreadable']]);
    await send('a', 'next');
    expect(bodies(await receiveAll(1))).toEqual(['next']);
  });

  it('ends its wait when told to, and asks nothing more', async () => {
    const stop = new AbortController();
    const waiting = subject.queue.receive(stop.signal);
    stop.abort();
    expect(await waiting).toEqual([]);
    expect(await subject.queue.receive(stop.signal)).toEqual([]);
  });
});
