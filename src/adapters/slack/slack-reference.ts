import type { MessageReference } from '../../domain/notifications/delivery';

/** What identifies a message to Slack. `ts` is a decimal text, never a number (contracts/slack.md §4). */
export interface SlackReference {
  readonly channel: string;
  readonly ts: string;
  /** The parent's `ts` when the message is a reply. */
  readonly threadTs: string | null;
}

const SHAPE = /^([A-Z0-9]+)\/(\d+\.\d+)(?:\/(\d+\.\d+))?$/;

/** `C123/1700000000.000100`, for a reply `C123/1700000000.000200/1700000000.000100`. */
export function encodeReference({ channel, ts, threadTs }: SlackReference): MessageReference {
  return threadTs === null ? `${channel}/${ts}` : `${channel}/${ts}/${threadTs}`;
}

/** @returns `null` for what is no reference of ours */
export function decodeReference(reference: MessageReference): SlackReference | null {
  const [, channel, ts, threadTs] = SHAPE.exec(reference) ?? [];
  return channel === undefined || ts === undefined ? null : { channel, ts, threadTs: threadTs ?? null };
}

/** The thread a message belongs to or heads: Slack's threads have one level. */
export function threadOf(reference: SlackReference): string {
  return reference.threadTs ?? reference.ts;
}
