import type { SendOutcome } from '../notifications/channel';
import type { MessageReference } from '../notifications/delivery';
import type { SendingRights } from '../notifications/notification';
import type { NightSummary } from './night-summary';
import type { StatusTable } from './status-table';

/** A message laid out for the place where it is published; opaque to everyone but the publisher. */
export interface LaidOutMessage {
  /** What notifications and screen readers say. */
  readonly text: string;
  readonly body: unknown;
}

/** `missing`: the message to edit is gone, somebody deleted it. */
export type PublishOutcome = SendOutcome | { readonly kind: 'missing' };

export interface PostRequest extends SendingRights {
  /** `null` for the default channel. */
  readonly channelId: string | null;
  /** The same for each attempt at the same message, and for no other message. */
  readonly key: string;
  /** The table's main message, for a continuation. */
  readonly thread: MessageReference | null;
  /** When an earlier attempt may have been the one that arrived: its instant, to look from there before posting again. */
  readonly mayHaveBeenSentSince: Date | null;
}

/** Where tables and summaries are shown. Its methods never reject for a fault of the vendor or the network. */
export interface TablePublisher {
  readonly state: 'enabled' | 'disabled';
  /** The main message first, then as many continuations as the place's limits ask for; the main one shows every failed and stale scheduler. Pure. */
  layOutTable(table: StatusTable): readonly LaidOutMessage[];
  /** What a continuation says that is no longer needed. Pure. */
  layOutEmptied(table: StatusTable): LaidOutMessage;
  layOutSummary(summary: NightSummary): LaidOutMessage;
  post(message: LaidOutMessage, request: PostRequest): Promise<PublishOutcome>;
  edit(message: LaidOutMessage, reference: MessageReference, rights: SendingRights): Promise<PublishOutcome>;
  /** Deletes a message of ours that turned out to be a second one. */
  withdraw(reference: MessageReference, signal: AbortSignal): Promise<PublishOutcome>;
}

export const TablePublisher = Symbol('TablePublisher');
