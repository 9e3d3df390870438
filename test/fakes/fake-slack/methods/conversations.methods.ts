import { Arguments } from '../arguments';
import { FakeChannel, FakeMessage } from '../message';
import { Refusal } from '../refusal';
import { toMicroseconds } from '../slack-timestamp';
import { getChannel, MethodContext, requireScope, SlackMethod } from './method';
import { Page, pageOf, PAGING_ARGUMENTS } from './page-of';
import { toWireMessage } from './wire-message';

const HISTORY_LIMIT = 100;
const REPLIES_LIMIT = 100;

const HISTORY_ARGUMENTS = {
  ...PAGING_ARGUMENTS,
  channel: 'string',
  oldest: 'string',
  latest: 'string',
  inclusive: 'boolean',
  include_all_metadata: 'boolean',
} as const;

const history: SlackMethod = {
  name: 'conversations.history',
  tier: 'tier3',
  scopes: ['channels:history', 'groups:history'],
  arguments: HISTORY_ARGUMENTS,
  run(args, context) {
    const channel = getReadableChannel(args, context);
    const listed = context.workspace
      .messagesOf(channel.id)
      .filter((message) => isListed(message, context))
      .filter(withinRange(args));
    const page = pageOf(listed.toReversed(), args, {
      keyOf: (message) => message.ts,
      isAfter: (ts, cursor) => ts < cursor,
      defaultLimit: HISTORY_LIMIT,
    });
    return { ...toAnswer(page, args, context), pin_count: 0 };
  },
};

const replies: SlackMethod = {
  name: 'conversations.replies',
  tier: 'tier3',
  scopes: ['channels:history', 'groups:history'],
  arguments: { ...HISTORY_ARGUMENTS, ts: 'string' },
  run(args, context) {
    const channel = getReadableChannel(args, context);
    const asked = context.workspace.findMessage(channel.id, args.requireString('ts'));
    if (!asked || (asked.threadTs === null && !isListed(asked, context)))
      throw new Refusal('thread_not_found');
    const children = asked.threadTs === null ? context.workspace.livingReplies(channel.id, asked.ts) : [];
    // The parent leads the first page whatever `oldest` says.
    const thread = [asked, ...children.filter(withinRange(args))];
    const page = pageOf(thread, args, {
      keyOf: (message) => message.ts,
      isAfter: (ts, cursor) => ts > cursor,
      defaultLimit: REPLIES_LIMIT,
    });
    return toAnswer(page, args, context);
  },
};

const info: SlackMethod = {
  name: 'conversations.info',
  tier: 'tier3',
  scopes: ['channels:read', 'groups:read'],
  arguments: { channel: 'string', include_locale: 'boolean', include_num_members: 'boolean' },
  run(args, context) {
    const channel = getChannel(args, context);
    requireScope(channel.isPrivate ? 'groups:read' : 'channels:read', context);
    return { channel: toWireChannel(channel, context) };
  },
};

const CHANNEL_TYPES = ['public_channel', 'private_channel', 'mpim', 'im'];

const list: SlackMethod = {
  name: 'conversations.list',
  tier: 'tier2',
  scopes: ['channels:read', 'groups:read'],
  arguments: { ...PAGING_ARGUMENTS, types: 'string', exclude_archived: 'boolean' },
  run(args, context) {
    const types = (args.string('types') ?? 'public_channel').split(',').map((type) => type.trim());
    if (!types.every((type) => CHANNEL_TYPES.includes(type))) throw new Refusal('invalid_types');
    if (types.includes('public_channel')) requireScope('channels:read', context);
    if (types.includes('private_channel')) requireScope('groups:read', context);
    const visible = context.workspace.channels
      .filter((channel) => (channel.isPrivate ? channel.botIsMember : true))
      .filter((channel) => types.includes(channel.isPrivate ? 'private_channel' : 'public_channel'))
      .filter((channel) => !(args.flag('exclude_archived') && channel.isArchived))
      .map((channel, index) => ({ channel, key: String(index).padStart(6, '0') }));
    const page = pageOf(visible, args, {
      keyOf: (entry) => entry.key,
      isAfter: (key, cursor) => key > cursor,
      defaultLimit: HISTORY_LIMIT,
    });
    const channels = page.items.map((entry) => toWireChannel(entry.channel, context));
    return { channels, response_metadata: { next_cursor: page.nextCursor } };
  },
};

export const conversationsMethods: readonly SlackMethod[] = [history, replies, info, list];

/** Reading needs membership also of a public channel. */
function getReadableChannel(args: Arguments, context: MethodContext): FakeChannel {
  const channel = getChannel(args, context);
  requireScope(channel.isPrivate ? 'groups:history' : 'channels:history', context);
  if (!channel.botIsMember) throw new Refusal('not_in_channel');
  return channel;
}

/** Top-level messages and replies sent to the channel too; a deleted parent stays as a tombstone while replies live. */
function isListed(message: FakeMessage, context: MethodContext): boolean {
  if (message.deleted) {
    return (
      message.threadTs === null && context.workspace.livingReplies(message.channel, message.ts).length > 0
    );
  }
  return message.threadTs === null || message.isBroadcast;
}

/** `oldest` and `latest` leave out the message exactly there unless `inclusive`. */
function withinRange(args: Arguments): (message: FakeMessage) => boolean {
  const oldest = readBound(args, 'oldest');
  const latest = readBound(args, 'latest');
  const inclusive = args.flag('inclusive');
  return (message) => {
    const at = toMicroseconds(message.ts) ?? 0n;
    if (oldest !== null && (inclusive ? at < oldest : at <= oldest)) return false;
    return latest === null || (inclusive ? at <= latest : at < latest);
  };
}

function readBound(args: Arguments, name: 'oldest' | 'latest'): bigint | null {
  const text = args.string(name);
  if (text === undefined) return null;
  const bound = toMicroseconds(text);
  if (bound === null) throw new Refusal(`invalid_ts_${name}`);
  return bound;
}

function toAnswer(page: Page<FakeMessage>, args: Arguments, context: MethodContext): Record<string, unknown> {
  const includeMetadata = args.flag('include_all_metadata');
  return {
    messages: page.items.map((message) => toWireMessage(message, context.workspace, { includeMetadata })),
    has_more: page.nextCursor !== '',
    ...(page.nextCursor === '' ? {} : { response_metadata: { next_cursor: page.nextCursor } }),
  };
}

function toWireChannel(channel: FakeChannel, context: MethodContext): Record<string, unknown> {
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: !channel.isPrivate,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: channel.isPrivate,
    is_archived: channel.isArchived,
    is_member: channel.botIsMember,
    is_general: false,
    properties: canvasProperties(channel, context),
  };
}

/** Where the channel canvas is named, and the tabs canvases stand in. */
function canvasProperties(channel: FakeChannel, context: MethodContext): Record<string, unknown> {
  const shown = context.workspace.canvases.shownIn(channel.id);
  const canvas = shown.find(({ channelCanvasOf }) => channelCanvasOf === channel.id);
  const tabs = shown
    .filter(({ tabbedIn, id }) => tabbedIn.includes(channel.id) && id !== canvas?.id)
    .map(({ id, title }) => ({
      id: `Ct${id.slice(1)}`,
      type: 'canvas',
      label: title,
      data: { file_id: id },
    }));
  return {
    ...(canvas ? { canvas: { file_id: canvas.id, is_empty: canvas.markdown.trim() === '' } } : {}),
    ...(tabs.length > 0 ? { tabs } : {}),
  };
}
