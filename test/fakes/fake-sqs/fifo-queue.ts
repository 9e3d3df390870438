import { randomUUID } from 'node:crypto';
import type { Draft } from './content';
import { invalid, Refusal } from './refusal';

const DEDUPLICATION_MS = 5 * 60_000;
/** In all from a receipt, however often it is changed. */
const LONGEST_VISIBILITY_MS = 43_200_000;

/** What became of the message since it was sent; times are epoch milliseconds. */
export interface FakeMessage extends Draft {
  readonly id: string;
  readonly sequence: string;
  readonly sentAt: number;
  firstReceivedAt: number | null;
  receivedAt: number;
  receives: number;
  visibleAt: number;
  receipt: string | null;
}

export interface Redrive {
  readonly target: FifoQueue;
  readonly maxReceiveCount: number;
}

/** Where no receipt leads anywhere. */
const EXPIRED = 'The receipt handle has expired';

/** One FIFO queue: strict order within a group, which is blocked while any of it is in flight. */
export class FifoQueue {
  /** In the order in which they came. */
  messages: FakeMessage[] = [];
  redrive: Redrive | null = null;
  private readonly seen = new Map<string, { readonly at: number; readonly message: FakeMessage }>();
  private readonly deleted = new Set<string>();
  private sequence = 0;

  constructor(
    readonly name: string,
    readonly attributes: Readonly<Record<string, string>>,
    private readonly now: () => number,
  ) {}

  get contentBasedDeduplication(): boolean {
    return this.attributes['ContentBasedDeduplication'] === 'true';
  }

  /** A repetition within five minutes succeeds, with the first one's ids, and adds nothing. */
  send(draft: Draft): FakeMessage {
    const known = this.seen.get(draft.deduplicationId);
    if (known !== undefined && this.now() - known.at < DEDUPLICATION_MS) return known.message;
    const message: FakeMessage = {
      ...draft,
      id: randomUUID(),
      sequence: this.nextSequence(),
      sentAt: this.now(),
      firstReceivedAt: null,
      receivedAt: 0,
      receives: 0,
      visibleAt: 0,
      receipt: null,
    };
    this.messages.push(message);
    this.seen.set(draft.deduplicationId, { at: this.now(), message });
    return message;
  }

  receive(most: number, visibilityMs: number): FakeMessage[] {
    this.moveTheDead();
    const blocked = new Set(
      this.messages.filter((message) => this.isInFlight(message)).map(({ group }) => group),
    );
    const taken = this.messages.filter(({ group }) => !blocked.has(group)).slice(0, most);
    for (const message of taken) {
      message.receives++;
      message.receivedAt = this.now();
      message.firstReceivedAt ??= message.receivedAt;
      message.visibleAt = message.receivedAt + visibilityMs;
      message.receipt = `${message.id}#${message.receives}#${randomUUID()}`;
    }
    return taken;
  }

  /** Deleting what is deleted succeeds. @throws Refusal for a receipt of an earlier time, or when its time is up */
  delete(receipt: string): void {
    if (this.deleted.has(receipt)) return;
    const message = this.heldBy(receipt);
    if (!this.isInFlight(message)) throw invalid('ReceiptHandle', EXPIRED);
    this.messages = this.messages.filter((other) => other !== message);
    this.deleted.add(receipt);
  }

  /** @throws Refusal likewise, and beyond twelve hours from the receipt */
  changeVisibility(receipt: string, visibilityMs: number): void {
    const message = this.heldBy(receipt);
    if (!this.isInFlight(message))
      throw new Refusal('MessageNotInflight', `Message ${message.id} is not in flight`);
    if (this.now() + visibilityMs - message.receivedAt > LONGEST_VISIBILITY_MS)
      throw invalid('VisibilityTimeout', 'Total VisibilityTimeout for the message is beyond the limit');
    message.visibleAt = this.now() + visibilityMs;
  }

  /** When something changes by itself: the next message in flight comes back. `null`: nothing is in flight. */
  nextReturnAt(): number | null {
    const inFlight = this.messages.filter((message) => this.isInFlight(message));
    return inFlight.length === 0 ? null : Math.min(...inFlight.map(({ visibleAt }) => visibleAt));
  }

  isInFlight(message: FakeMessage): boolean {
    return message.visibleAt > this.now();
  }

  /** On the receive after the count was used up, a message is moved instead of handed out; only one that is in nobody's hands. */
  private moveTheDead(): void {
    if (this.redrive === null) return;
    const { target, maxReceiveCount } = this.redrive;
    const dead = this.messages.filter(
      (message) => !this.isInFlight(message) && message.receives >= maxReceiveCount,
    );
    this.messages = this.messages.filter((message) => !dead.includes(message));
    target.messages.push(...dead.map((message) => ({ ...message, visibleAt: 0, receipt: null })));
  }

  private heldBy(receipt: string): FakeMessage {
    const message = this.messages.find(({ id }) => receipt.startsWith(`${id}#`));
    if (message === undefined)
      throw new Refusal('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
    if (message.receipt !== receipt) throw invalid('ReceiptHandle', EXPIRED);
    return message;
  }

  private nextSequence(): string {
    return String(++this.sequence).padStart(20, '1');
  }
}
