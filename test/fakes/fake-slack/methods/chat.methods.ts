import { Arguments } from '../arguments';
import { FakeChannel, FakeContent, FakeMessage } from '../message';
import { CONTENT_ARGUMENTS, isEmpty, readContent, SentContent } from '../message-content';
import { Refusal } from '../refusal';
import { scanMessage } from '../scan-markup';
import { getChannel, MethodContext, requireScope, SlackMethod } from './method';
import { toWireMessage } from './wire-message';

const MAX_POSTED_TEXT = 40_000;
const MAX_UPDATED_TEXT = 4_000;
const CUSTOMIZING = ['username', 'icon_emoji', 'icon_url'] as const;

const postMessage: SlackMethod = {
  name: 'chat.postMessage',
  tier: 'message',
  scopes: ['chat:write'],
  arguments: {
    ...CONTENT_ARGUMENTS,
    channel: 'string',
    thread_ts: 'string',
    unfurl_links: 'boolean',
    unfurl_media: 'boolean',
    username: 'string',
    icon_emoji: 'string',
    icon_url: 'string',
  },
  run(args, context) {
    const channel = getChannel(args, context);
    requireMayPost(channel, context);
    if (CUSTOMIZING.some((name) => args.has(name))) requireScope('chat:write.customize', context);
    const sent = readContent(args);
    if (isEmpty(sent)) throw new Refusal('no_text');
    const threadTs = resolveParent(args, channel, context);
    const cut = (sent.text ?? '').slice(0, MAX_POSTED_TEXT);
    const content = toContent(
      { ...sent, text: cut, blocks: sent.blocks ?? [], attachments: sent.attachments ?? [] },
      sent.metadata ?? null,
      args,
    );
    const isBroadcast = threadTs !== null && args.flag('reply_broadcast');
    const message = context.workspace.post(channel.id, { content, threadTs, isBroadcast, author: 'vesper' });
    return { ...reply(message, context), ...warnings(sent) };
  },
};

const update: SlackMethod = {
  name: 'chat.update',
  tier: 'tier3',
  scopes: ['chat:write'],
  arguments: { ...CONTENT_ARGUMENTS, channel: 'string', ts: 'string' },
  run(args, context) {
    const channel = getChannel(args, context);
    if (channel.isArchived) throw new Refusal('is_inactive');
    const message = getOwnMessage(args, channel, context, 'cant_update_message');
    const sent = readContent(args);
    if ((sent.text ?? '').length > MAX_UPDATED_TEXT) throw new Refusal('msg_too_long');
    const next = replaceContent(message, sent);
    const nothingSent = isEmpty(sent) && sent.metadata === undefined;
    if (nothingSent || isEmpty({ ...next, metadata: null })) throw new Refusal('no_text');
    const metadata = sent.metadata === undefined ? message.metadata : sent.metadata;
    const edited = context.workspace.edit(channel.id, message.ts, toContent(next, metadata, args));
    return { ...reply(edited, context), text: edited.text, ...warnings(sent) };
  },
};

const remove: SlackMethod = {
  name: 'chat.delete',
  tier: 'tier3',
  scopes: ['chat:write'],
  arguments: { channel: 'string', ts: 'string' },
  run(args, context) {
    const channel = getChannel(args, context);
    const message = getOwnMessage(args, channel, context, 'cant_delete_message');
    context.workspace.remove(channel.id, message.ts);
    return { channel: channel.id, ts: message.ts };
  },
};

const getPermalink: SlackMethod = {
  name: 'chat.getPermalink',
  tier: 'special',
  scopes: [],
  arguments: { channel: 'string', message_ts: 'string' },
  run(args, context) {
    const channel = getChannel(args, context);
    const message = context.workspace.findMessage(channel.id, args.requireString('message_ts'));
    if (!message || message.deleted) throw new Refusal('message_not_found');
    const path = `archives/${channel.id}/p${message.ts.replace('.', '')}`;
    const thread = message.threadTs ? `?thread_ts=${message.threadTs}&cid=${channel.id}` : '';
    return { channel: channel.id, permalink: `${context.pageUrl()}${path}${thread}` };
  },
};

export const chatMethods: readonly SlackMethod[] = [postMessage, update, remove, getPermalink];

function requireMayPost(channel: FakeChannel, context: MethodContext): void {
  if (channel.isArchived) throw new Refusal('is_archived');
  if (!channel.botIsMember && !context.scopes.has('chat:write.public')) throw new Refusal('not_in_channel');
}

/**
 * The thread to reply in. A reply is no parent. For a parent that does not exist, or no longer, both behaviours have
 * been reported of Slack: the code `thread_not_found`, and silently posting at the top level.
 */
function resolveParent(args: Arguments, channel: FakeChannel, context: MethodContext): string | null {
  const threadTs = args.string('thread_ts');
  if (threadTs === undefined) return null;
  const parent = context.workspace.findMessage(channel.id, threadTs);
  if (parent?.threadTs) throw new Refusal('cannot_reply_to_message');
  if (parent && !parent.deleted) return parent.ts;
  if (parent && context.repliesToDeletedParent === 'unthread') return null;
  throw new Refusal('thread_not_found');
}

function getOwnMessage(
  args: Arguments,
  channel: FakeChannel,
  context: MethodContext,
  foreign: 'cant_update_message' | 'cant_delete_message',
): FakeMessage {
  const message = context.workspace.findMessage(channel.id, args.requireString('ts'));
  if (!message || message.deleted) throw new Refusal('message_not_found');
  if (message.botId === null) throw new Refusal(foreign);
  return message;
}

type Body = Pick<FakeContent, 'text' | 'blocks' | 'attachments'>;

/** Text without blocks takes the blocks away; blocks without text take the text away; attachments stay unless sent. */
function replaceContent(message: FakeMessage, sent: SentContent): Body {
  return {
    text: sent.text ?? (sent.blocks ? '' : message.text),
    blocks: sent.blocks ?? (sent.text === undefined ? message.blocks : []),
    attachments: sent.attachments ?? message.attachments,
  };
}

function toContent(body: Body, metadata: FakeContent['metadata'], args: Arguments): FakeContent {
  const linksNames = args.flag('link_names') || args.string('parse') === 'full';
  const { text, blocks, attachments } = body;
  return { text, blocks, attachments, metadata, ...scanMessage(body, linksNames) };
}

function reply(message: FakeMessage, context: MethodContext): Record<string, unknown> {
  return {
    channel: message.channel,
    ts: message.ts,
    message: toWireMessage(message, context.workspace, { includeMetadata: true }),
  };
}

function warnings(sent: SentContent): Record<string, unknown> {
  const found: string[] = [];
  if ((sent.text ?? '').length > MAX_POSTED_TEXT) found.push('message_truncated');
  if (!sent.text && (sent.blocks || sent.attachments)) found.push('missing_text_in_message');
  if (found.length === 0) return {};
  return { warning: found.join(','), response_metadata: { warnings: found } };
}
