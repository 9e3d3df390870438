/** Something to hand to whoever works through the queue. */
export interface OutgoingMessage {
  /** Unique to this sending: a repetition of the very same sending is one message, everything else is another. */
  readonly id: string;
  /** Messages of one group are handed out in the order in which they were taken, one batch at a time. Any text. */
  readonly group: string;
  /** Any well-formed text, up to 64 KiB of UTF-8. */
  readonly body: string;
}

/** A message that is handed out for a while: whoever has it finishes it or gives it back, or it is handed out again. */
export interface HeldMessage {
  readonly id: string;
  readonly group: string;
  readonly body: string;
  /** How often it was handed out, this time included. */
  readonly receives: number;
  /** By which the queue knows this handing out. */
  readonly receipt: string;
}

/** How many messages of the queue there are, as nearly as it says. */
export interface QueueDepth {
  /** To be handed out. */
  readonly waiting: number;
  /** Handed out and not finished. */
  readonly held: number;
}

/** Port: a durable queue that keeps the order within a group and hands each message out until it is finished. */
export interface MessageQueue {
  /**
   * Resolves when the message is durable. Answers within seconds.
   * @throws QueueUnavailable when it is not, or not known to be
   */
  send(message: OutgoingMessage): Promise<void>;
  /**
   * Waits for messages, up to 20 s. Each group's are in their order and nobody else has any of that group.
   * @param signal when aborted, ends within a second
   * @returns up to 10 messages, held for {@link HOLD_MS}; none when there were none
   * @throws QueueUnavailable
   */
  receive(signal: AbortSignal): Promise<readonly HeldMessage[]>;
  /** Holds them for another {@link HOLD_MS} from now. Never rejects. @returns those of which that is certain */
  extend(messages: readonly HeldMessage[]): Promise<readonly HeldMessage[]>;
  /** They were worked off and never come again. Never rejects. @returns those of which that is certain */
  finish(messages: readonly HeldMessage[]): Promise<readonly HeldMessage[]>;
  /** They are handed out again, not before `afterMs`. Never rejects: what cannot be given back comes back when its time is up. */
  release(messages: readonly HeldMessage[], afterMs: number): Promise<void>;
  /**
   * Puts it where people look after it, with the reason. It never comes again by itself.
   * @throws QueueUnavailable when it could not be put there; it is still held then
   */
  bury(message: HeldMessage, reason: string): Promise<void>;
  /** @throws QueueUnavailable */
  depth(): Promise<QueueDepth>;
  /**
   * How many lie where people look after them, whoever put them there.
   * @throws QueueUnavailable
   */
  countBuried(): Promise<number>;
}

/** Provided as `null` while no queue is configured. */
export const MessageQueue = Symbol('MessageQueue');

/** How long a message that was handed out belongs to whoever has it. */
export const HOLD_MS = 60_000;
/** No queue hands a message out for longer in all, however often that is extended (SQS: 12 hours). */
export const LONGEST_HOLD_MS = 11 * 3_600_000;
