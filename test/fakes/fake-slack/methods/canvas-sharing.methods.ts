import { Arguments } from '../arguments';
import { CanvasAccess } from '../canvas/canvas';
import { HUMAN_USER_ID, VESPER_USER_ID } from '../message';
import { Refusal } from '../refusal';
import { getCanvas, requireCanvasesEnabled } from './canvas-access';
import { MethodContext, SlackMethod } from './method';

const LEVELS: readonly string[] = ['read', 'write', 'owner'];
const USERS: readonly string[] = [VESPER_USER_ID, HUMAN_USER_ID];

const set: SlackMethod = {
  name: 'canvases.access.set',
  tier: 'tier3',
  scopes: ['canvases:write'],
  arguments: { canvas_id: 'string', access_level: 'string', channel_ids: 'json', user_ids: 'json' },
  run(args, context) {
    const level = args.requireString('access_level');
    if (!LEVELS.includes(level)) {
      throw Refusal.invalidArguments(
        `must be a valid enum value: ${LEVELS.join(', ')} [json-pointer:/access_level]`,
      );
    }
    if (args.has('channel_ids') === args.has('user_ids')) throw new Refusal('invalid_parameters');
    requireCanvasesEnabled(context);
    if (args.has('user_ids')) return shareWithUsers(args, level as CanvasAccess, context);
    // Only a person or an app can own a canvas.
    if (level === 'owner') throw new Refusal('invalid_parameters');
    return shareWithChannels(args, level as 'read' | 'write', context);
  },
};

export const canvasSharingMethods: readonly SlackMethod[] = [set];

function shareWithUsers(
  args: Arguments,
  level: CanvasAccess,
  context: MethodContext,
): Record<string, unknown> {
  const users = readIds(args, 'user_ids');
  if (!users.every((user) => USERS.includes(user))) throw new Refusal('user_not_found');
  const canvas = getCanvas(args, context, 'owner');
  const granted = Object.fromEntries(users.map((user) => [user, level]));
  context.workspace.canvases.change(canvas.id, { userAccess: { ...canvas.userAccess, ...granted } });
  return {};
}

/** A channel the bot may not write to is named in the answer, which is `ok` all the same. */
function shareWithChannels(
  args: Arguments,
  level: 'read' | 'write',
  context: MethodContext,
): Record<string, unknown> {
  const channels = readIds(args, 'channel_ids').map((id) => context.workspace.findChannel(id));
  const known = channels.filter((channel) => channel !== null);
  if (known.length < channels.length) throw new Refusal('channel_not_found');
  const canvas = getCanvas(args, context, 'owner');
  const failed = known.filter((channel) => channel.isArchived || !channel.botIsMember).map(({ id }) => id);
  const updated = known.filter(({ id }) => !failed.includes(id));
  const granted = Object.fromEntries(updated.map(({ id }) => [id, level]));
  context.workspace.canvases.change(canvas.id, { channelAccess: { ...canvas.channelAccess, ...granted } });
  return failed.length > 0 ? { failed_to_update_channel_ids: failed } : {};
}

function readIds(args: Arguments, name: 'channel_ids' | 'user_ids'): string[] {
  const value = args.json(name);
  const isList = Array.isArray(value) && value.length > 0 && value.every((id) => typeof id === 'string');
  if (!isList) throw Refusal.invalidArguments(`must be a list of ids [json-pointer:/${name}]`);
  return value;
}
