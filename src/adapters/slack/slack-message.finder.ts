import type { SlackLog, SlackClient } from './slack.client';
import { unreadable, type SlackFault } from './slack-fault';
import type { SlackReference } from './slack-reference';

/** The metadata every message of ours carries; its key says which message it is. */
export const EVENT_TYPE = 'vesper_message';

/** Where and since when a message may stand. */
export interface SearchPlace {
  readonly channel: string;
  /** Parent of the thread, `null` for the channel itself. */
  readonly threadTs: string | null;
  readonly since: Date;
}

export type SearchResult =
  | { readonly kind: 'found'; readonly reference: SlackReference }
  | { readonly kind: 'absent' }
  /** Not allowed, or too much to read; trying again will not help. */
  | { readonly kind: 'impossible'; readonly why: string }
  | { readonly kind: 'failed'; readonly fault: SlackFault };

/** Slack stamps a message with its own clock, which may be behind ours. */
const CLOCK_MARGIN_MS = 5 * 60_000;
const PAGE_SIZE = 200;
/** 2,000 messages; a channel that had more since then is not read to its end. */
const MOST_PAGES = 10;

/** Looks for a message of ours by its key: Slack has no idempotency keys (contracts/slack.md §4). */
export class SlackMessageFinder {
  constructor(
    private readonly slack: SlackClient,
    private readonly log: SlackLog,
  ) {}

  /** @param exceptTs of a message that is known already; another one is looked for */
  async find(
    key: string,
    place: SearchPlace,
    signal: AbortSignal,
    exceptTs: string | null = null,
  ): Promise<SearchResult> {
    const result = await this.search(key, place, signal, exceptTs);
    // The parent was deleted: then the reply may have been posted to the channel, also when earlier replies keep the thread alive.
    const isThreadGone = result.kind === 'impossible' && result.why.includes('thread_not_found');
    if ((isThreadGone || result.kind === 'absent') && place.threadTs !== null)
      return this.find(key, { ...place, threadTs: null }, signal, exceptTs);
    if (result.kind === 'impossible') {
      this.log.warn(
        { key, channel: place.channel, reason: result.why },
        'cannot look for a message that may have been posted; it may now appear twice',
      );
    }
    return result;
  }

  private async search(
    key: string,
    place: SearchPlace,
    signal: AbortSignal,
    exceptTs: string | null,
  ): Promise<SearchResult> {
    const { channel, threadTs, since } = place;
    const method = threadTs === null ? 'conversations.history' : 'conversations.replies';
    const oldest = ((since.getTime() - CLOCK_MARGIN_MS) / 1_000).toFixed(6);
    const args = {
      channel,
      oldest,
      limit: PAGE_SIZE,
      include_all_metadata: true,
      ...(threadTs === null ? {} : { ts: threadTs }),
    };
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const answer = await this.slack.call(method, cursor === undefined ? args : { ...args, cursor }, signal);
      if (!answer.ok) return toResult(answer.fault);
      const { messages } = answer.data as { readonly messages?: unknown };
      if (!Array.isArray(messages))
        return { kind: 'failed', fault: unreadable({ method, httpStatus: answer.httpStatus }) };
      const isIt = (message: FoundMessage) => keyOf(message) === key && message.ts !== exceptTs;
      const found = (messages as readonly FoundMessage[]).find(isIt);
      if (found !== undefined) return { kind: 'found', reference: toReference(channel, found) };
      cursor = answer.data.response_metadata?.next_cursor || undefined;
      if (cursor === undefined) return { kind: 'absent' };
    }
    return { kind: 'impossible', why: `more than ${MOST_PAGES * PAGE_SIZE} messages since then` };
  }
}

interface FoundMessage {
  readonly ts: string;
  readonly thread_ts?: string;
}

function toResult(fault: SlackFault): SearchResult {
  if (fault.outcome.kind === 'retry') return { kind: 'failed', fault };
  return { kind: 'impossible', why: fault.outcome.error };
}

function keyOf(message: unknown): string | null {
  if (typeof message !== 'object' || message === null) return null;
  const { ts, metadata } = message as {
    readonly ts?: unknown;
    readonly metadata?: {
      readonly event_type?: unknown;
      readonly event_payload?: { readonly key?: unknown };
    };
  };
  if (typeof ts !== 'string' || metadata?.event_type !== EVENT_TYPE) return null;
  return typeof metadata.event_payload?.key === 'string' ? metadata.event_payload.key : null;
}

/** A parent carries its own `ts` as `thread_ts` once it has replies. */
function toReference(channel: string, { ts, thread_ts: threadTs }: FoundMessage): SlackReference {
  return { channel, ts, threadTs: threadTs === undefined || threadTs === ts ? null : threadTs };
}
