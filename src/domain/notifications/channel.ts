import type { MessageReference } from './delivery';
import type { Notification, SendContext } from './notification';

/** Why a channel did not take a message; a closed list, also the metric's label. */
export type RetryReason =
  'network' | 'timeout' | 'rate_limited' | 'server_error' | 'unreadable_answer' | 'aborted' | 'unauthorized';
export type RefusalReason = 'unauthorized' | 'target_gone' | 'bad_payload' | 'refused';

/** What the world answered: a value, not an exception. */
export type SendOutcome =
  | {
      readonly kind: 'sent';
      readonly reference: MessageReference | null;
      readonly httpStatus: number | null;
      /** A second message that the same send posted, below the one that it edited. */
      readonly note?: MessageReference;
    }
  | {
      readonly kind: 'retry';
      readonly reason: RetryReason;
      readonly error: string;
      readonly httpStatus: number | null;
      /** What the channel asked for, if it did. */
      readonly afterMs: number | null;
      /** The message may have arrived all the same. */
      readonly outcomeUnknown: boolean;
    }
  | {
      readonly kind: 'refused';
      readonly reason: RefusalReason;
      readonly error: string;
      readonly httpStatus: number | null;
    };

export interface NoteSearch {
  /** Of the send, see {@link SendContext}. */
  readonly key: string;
  readonly since: Date;
  readonly signal: AbortSignal;
}

/** A way to reach people. */
export interface Channel {
  readonly id: string;
  readonly kind: string;
  /** `disabled`: not configured on this installation; its deliveries are logged as skipped. */
  readonly state: 'enabled' | 'disabled';
  /** Whether a sent message can be edited later; where not, a repeat is only counted. */
  readonly canEdit: boolean;
  /** Never rejects for a fault of the vendor or the network. */
  send(notification: Notification, context: SendContext): Promise<SendOutcome>;
  /** Takes back a message that turned out to be a second one; absent where the vendor knows no such thing. */
  withdraw?(reference: MessageReference, signal: AbortSignal): Promise<SendOutcome>;
  /** @returns another note than this one that a send under the same key has posted since then; `null` when there is none, or nobody can say */
  findOtherNote?(note: MessageReference, search: NoteSearch): Promise<MessageReference | null>;
}

/** The channels of this installation by id. */
export interface ChannelDirectory {
  list(): readonly Channel[];
  find(channelId: string): Channel | null;
}

export const ChannelDirectory = Symbol('ChannelDirectory');
