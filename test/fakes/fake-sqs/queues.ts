import { FifoQueue } from './fifo-queue';
import { noQueue, Refusal } from './refusal';

const ACCOUNT = '000000000000';
const NAME = /^[\w-]{1,75}(?:\.fifo)?$/;
/** With which a queue may be made here; others of SQS this stand-in does not model. */
const SETTABLE = ['FifoQueue', 'ContentBasedDeduplication', 'RedrivePolicy'];
const READABLE = [
  ...[...SETTABLE, 'All', 'QueueArn', 'ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  ...['VisibilityTimeout', 'MaximumMessageSize', 'MessageRetentionPeriod'],
];

/** The queues of one account in one Region. */
export class Queues {
  private readonly byName = new Map<string, FifoQueue>();

  /** @param origin of this server, as its queues' URLs have it */
  constructor(
    private readonly now: () => number,
    private readonly origin: () => string,
  ) {}

  /** @returns its URL */
  create(name: string, attributes: Readonly<Record<string, string>>): string {
    if (!NAME.test(name))
      throw new Refusal(
        'InvalidParameterValue',
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    const unknown = Object.keys(attributes).find((attribute) => !SETTABLE.includes(attribute));
    if (unknown !== undefined) throw new Refusal('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
    if (name.endsWith('.fifo') !== (attributes['FifoQueue'] === 'true'))
      throw new Refusal(
        'InvalidParameterValue',
        'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix',
      );
    const existing = this.byName.get(name);
    if (existing === undefined) this.byName.set(name, this.made(name, attributes));
    return this.urlOf(name);
  }

  /** @throws Refusal for a URL that leads to none */
  at(url: string): FifoQueue {
    const queue = this.byName.get(url.slice(url.lastIndexOf('/') + 1));
    if (queue === undefined || new URL(url).pathname !== new URL(this.urlOf(queue.name)).pathname)
      throw noQueue();
    return queue;
  }

  named(name: string): FifoQueue {
    const queue = this.byName.get(name);
    if (queue === undefined) throw new Error(`no queue ${name}`);
    return queue;
  }

  urlOf(name: string): string {
    return `${this.origin()}/${ACCOUNT}/${name}`;
  }

  describe(queue: FifoQueue, names: readonly string[]): Record<string, string> {
    const unknown = names.find((name) => !READABLE.includes(name));
    if (unknown !== undefined) throw new Refusal('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
    const inFlight = queue.messages.filter((message) => queue.isInFlight(message)).length;
    const all: Record<string, string> = {
      ...queue.attributes,
      QueueArn: arnOf(queue.name),
      ApproximateNumberOfMessages: String(queue.messages.length - inFlight),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      VisibilityTimeout: '30',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
    };
    return Object.fromEntries(
      Object.entries(all).filter(([name]) => names.includes(name) || names.includes('All')),
    );
  }

  private made(name: string, attributes: Readonly<Record<string, string>>): FifoQueue {
    const queue = new FifoQueue(name, attributes, this.now);
    const policy = attributes['RedrivePolicy'];
    if (policy === undefined) return queue;
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Record<string, unknown>;
    const target = [...this.byName.values()].find((other) => arnOf(other.name) === deadLetterTargetArn);
    const count = Number(maxReceiveCount);
    if (
      target === undefined ||
      target.name.endsWith('.fifo') !== name.endsWith('.fifo') ||
      !(count >= 1 && count <= 1_000)
    )
      throw new Refusal('InvalidParameterValue', `Value ${policy} for parameter RedrivePolicy is invalid.`);
    queue.redrive = { target, maxReceiveCount: count };
    return queue;
  }
}

export function arnOf(name: string): string {
  return `arn:aws:sqs:eu-central-1:${ACCOUNT}:${name}`;
}
