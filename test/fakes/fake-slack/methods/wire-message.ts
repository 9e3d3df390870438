import { isRecord } from '../blocks/rule';
import { FakeMessage, HUMAN_USER_ID, TEAM_ID, VESPER_USER_ID } from '../message';
import { Workspace } from '../workspace';

export interface WireOptions {
  readonly includeMetadata: boolean;
}

/** A message as the API answers it. */
export function toWireMessage(
  message: FakeMessage,
  workspace: Workspace,
  options: WireOptions,
): Record<string, unknown> {
  const thread = threadFields(message, workspace);
  if (message.deleted) return toTombstone(message, thread);
  return {
    type: 'message',
    ...(message.isBroadcast ? { subtype: 'thread_broadcast' } : {}),
    ts: message.ts,
    text: message.text,
    ...authorFields(message),
    team: TEAM_ID,
    ...(message.blocks.length > 0 ? { blocks: message.blocks.map(withBlockId) } : {}),
    ...(message.attachments.length > 0 ? { attachments: message.attachments } : {}),
    ...(options.includeMetadata && message.metadata ? { metadata: message.metadata } : {}),
    ...editedFields(message),
    ...thread,
  };
}

function authorFields(message: FakeMessage): Record<string, unknown> {
  if (message.botId === null) return { user: HUMAN_USER_ID };
  return { user: VESPER_USER_ID, bot_id: message.botId, app_id: 'A0000000001' };
}

/** Slack marks an edit as such only where no blocks were sent. */
function editedFields(message: FakeMessage): Record<string, unknown> {
  const last = message.edits.at(-1);
  if (!last || message.blocks.length > 0) return {};
  return { edited: { user: VESPER_USER_ID, ts: (last.at / 1000).toFixed(6) } };
}

function threadFields(message: FakeMessage, workspace: Workspace): Record<string, unknown> {
  if (message.threadTs !== null) return { thread_ts: message.threadTs, parent_user_id: VESPER_USER_ID };
  const replies = workspace.livingReplies(message.channel, message.ts);
  const latest = replies.at(-1);
  if (!latest) return {};
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users: [...new Set(replies.map((reply) => (reply.botId ? VESPER_USER_ID : HUMAN_USER_ID)))],
    latest_reply: latest.ts,
  };
}

/** What stays of a deleted parent whose replies live on: no text of ours, no metadata. */
function toTombstone(message: FakeMessage, thread: Record<string, unknown>): Record<string, unknown> {
  return {
    type: 'message',
    subtype: 'tombstone',
    ts: message.ts,
    text: 'This message was deleted.',
    user: 'USLACKBOT',
    hidden: true,
    ...thread,
  };
}

/** Slack gives every block an id; what comes back is therefore not what was sent. */
function withBlockId(block: unknown, index: number): unknown {
  return isRecord(block) ? { block_id: `fake${index}`, ...block } : block;
}
