import type { SendOutcome } from '../../domain/notifications/channel';
import type { MessageReference } from '../../domain/notifications/delivery';
import type { SendingRights } from '../../domain/notifications/notification';
import type { PublishOutcome } from '../../domain/windows/table-publisher';
import type { SlackAnswer, SlackClient, SlackLog } from './slack.client';
import { unreadable, type SlackFault } from './slack-fault';
import type { Priority } from './slack-lane';
import { EVENT_TYPE, SlackMessageFinder } from './slack-message.finder';
import type { SlackMessage } from './slack-message';
import { encodeReference, type SlackReference } from './slack-reference';

export interface SlackPost extends SendingRights {
  readonly channel: string;
  /** Parent of the thread, `null` for the channel itself. */
  readonly threadTs: string | null;
  readonly key: string;
  readonly priority: Priority;
  /** When an earlier attempt may have been the one that arrived; then it is looked for before anything is posted. */
  readonly mayHaveBeenSentSince: Date | null;
  /** Whether an earlier attempt may have said something else; then the message found is brought up to date. */
  readonly mayHaveChanged: boolean;
}

/** contracts/slack.md §6: what Slack says about blocks it does not like; the plainer form of the message goes without them. */
const BLOCKS_REFUSED = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_attachments',
  'msg_blocks_too_long',
  'msg_too_long',
]);
/** The parent is gone, or is no parent. */
const THREAD_REFUSED = new Set(['thread_not_found', 'cannot_reply_to_message']);
/** contracts/slack.md §4, chat.update: post a new message instead. */
const MESSAGE_GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/** Posts, edits and deletes whole messages: once, if Slack lets us find out, and in a plainer form rather than not at all. */
export class SlackMessenger {
  private readonly finder: SlackMessageFinder;

  constructor(
    private readonly slack: SlackClient,
    private readonly log: SlackLog,
  ) {
    this.finder = new SlackMessageFinder(slack, log);
  }

  /** `missing`: the message in whose thread it belongs is gone. */
  async post(message: SlackMessage, post: SlackPost): Promise<PublishOutcome> {
    const { mayHaveBeenSentSince: since, key, channel, threadTs } = post;
    if (since === null) return this.postAnew(message, post);
    const result = await this.finder.find(key, { channel, threadTs, since }, post.signal);
    switch (result.kind) {
      case 'found':
        return post.mayHaveChanged
          ? this.refresh(message, result.reference, post)
          : sent(result.reference, 200);
      case 'absent':
      case 'impossible': // A message twice is better than none; the finder logged it.
        return this.postAnew(message, post);
      case 'failed':
        return stillUnknown(result.fault.outcome);
    }
  }

  /** Slack takes the last edit for the newest: one that comes late must not leave. `missing`: there is no such message any more, or none that may be edited. */
  async update(
    message: SlackMessage,
    reference: SlackReference,
    { signal, mayAct }: SendingRights,
  ): Promise<PublishOutcome> {
    const { channel, ts } = reference;
    const answer = await this.withPlainerForms('chat.update', message, (form) =>
      this.slack.call('chat.update', { channel, ts, ...contentOf(form) }, signal, 'alert', mayAct),
    );
    if (answer.ok) return sent(reference, answer.httpStatus);
    return isMissing(answer.fault) ? { kind: 'missing' } : answer.fault.outcome;
  }

  /** A message that is gone already counts as deleted. */
  async delete({ channel, ts }: SlackReference, signal: AbortSignal): Promise<SendOutcome> {
    const answer = await this.slack.call('chat.delete', { channel, ts }, signal);
    if (answer.ok || answer.fault.code === 'message_not_found')
      return { kind: 'sent', reference: null, httpStatus: 200 };
    return answer.fault.outcome;
  }

  /** @returns another message than `ours` that stands where it does, under the same key; `null` also when Slack does not say */
  async findOther(
    ours: SlackReference,
    key: string,
    since: Date,
    signal: AbortSignal,
  ): Promise<MessageReference | null> {
    const { channel, ts, threadTs } = ours;
    const result = await this.finder.find(key, { channel, threadTs, since }, signal, ts);
    return result.kind === 'found' ? encodeReference(result.reference) : null;
  }

  private async postAnew(message: SlackMessage, post: SlackPost): Promise<PublishOutcome> {
    const answer = await this.withPlainerForms('chat.postMessage', message, (form) =>
      this.slack.call(
        'chat.postMessage',
        {
          channel: post.channel,
          ...(post.threadTs === null ? {} : { thread_ts: post.threadTs }),
          ...contentOf(form),
          unfurl_links: false,
          unfurl_media: false,
          metadata: { event_type: EVENT_TYPE, event_payload: { key: post.key } },
        },
        post.signal,
        post.priority,
        post.mayAct,
      ),
    );
    if (!answer.ok) {
      const isOrphan = post.threadTs !== null && THREAD_REFUSED.has(answer.fault.code ?? '');
      return isOrphan ? { kind: 'missing' } : answer.fault.outcome;
    }
    const reference = referenceOf(answer.data);
    if (reference === null)
      return unreadable({ method: 'chat.postMessage', httpStatus: answer.httpStatus }).outcome;
    return sent(reference, answer.httpStatus);
  }

  /** Brings a message up to date that an earlier attempt posted. One that nobody may edit any more stays as it is. */
  private async refresh(
    message: SlackMessage,
    reference: SlackReference,
    rights: SendingRights,
  ): Promise<SendOutcome> {
    const outcome = await this.update(message, reference, rights);
    if (outcome.kind === 'retry') return stillUnknown(outcome);
    return sent(reference, outcome.kind === 'missing' ? null : outcome.httpStatus);
  }

  private async withPlainerForms(
    method: string,
    message: SlackMessage,
    call: (form: SlackMessage) => Promise<SlackAnswer>,
  ): Promise<SlackAnswer> {
    const answer = await call(message);
    if (answer.ok || message.fallback === null || !BLOCKS_REFUSED.has(answer.fault.code ?? '')) return answer;
    this.log.error(
      { method, reason: answer.fault.outcome.error, text: message.text },
      'Slack refuses a message as it was laid out; its plainer form is sent',
    );
    return this.withPlainerForms(method, message.fallback, call);
  }
}

/** Text alone takes the blocks of an edited message away (contracts/slack.md §4), which is what a plainer form wants. */
function contentOf({ text, blocks }: SlackMessage): Record<string, unknown> {
  return blocks.length === 0 ? { text } : { text, blocks };
}

function sent(reference: SlackReference, httpStatus: number | null): SendOutcome {
  return { kind: 'sent', reference: encodeReference(reference), httpStatus };
}

/** Nothing was learnt about the earlier attempt, so it stays in doubt. */
function stillUnknown(outcome: SlackFault['outcome']): SendOutcome {
  return outcome.kind === 'retry' ? { ...outcome, outcomeUnknown: true } : outcome;
}

function isMissing(fault: SlackFault): boolean {
  return fault.code !== null && MESSAGE_GONE.has(fault.code);
}

/** As Slack answers, not as asked: it knows the channel's id, and whether the reply went into its thread. */
function referenceOf(data: unknown): SlackReference | null {
  const { channel, ts, message } = data as {
    readonly channel?: unknown;
    readonly ts?: unknown;
    readonly message?: { readonly thread_ts?: unknown };
  };
  if (typeof channel !== 'string' || typeof ts !== 'string') return null;
  const threadTs = message?.thread_ts;
  return { channel, ts, threadTs: typeof threadTs === 'string' && threadTs !== ts ? threadTs : null };
}
