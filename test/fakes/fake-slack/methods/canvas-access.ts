import { Arguments } from '../arguments';
import { CanvasAccess, FakeCanvas } from '../canvas/canvas';
import { FakeChannel, VESPER_USER_ID } from '../message';
import { Refusal } from '../refusal';
import { Workspace } from '../workspace';
import { MethodContext } from './method';

const RANK: readonly CanvasAccess[] = ['read', 'write', 'owner'];

/** The canvas of `canvas_id`. One that is deleted, or that the bot may not see, is as good as absent. */
export function getCanvas(args: Arguments, context: MethodContext, needed: CanvasAccess): FakeCanvas {
  const canvas = context.workspace.canvases.find(args.requireString('canvas_id'));
  if (!canvas || canvas.deleted) throw new Refusal('canvas_not_found');
  const access = accessOf(canvas, context.workspace);
  if (access === null) throw new Refusal('canvas_not_found');
  const isTooLittle = RANK.indexOf(access) < RANK.indexOf(needed);
  if (isTooLittle || (canvas.isLocked && needed !== 'read')) throw new Refusal('restricted_action');
  return canvas;
}

/** What the bot may do: its own is its own; else what it was given, itself or by a channel it belongs to. */
export function accessOf(canvas: FakeCanvas, workspace: Workspace): CanvasAccess | null {
  const isGivenAway = Object.values(canvas.userAccess).includes('owner');
  const granted = Object.entries(canvas.channelAccess)
    .filter(([channel]) => workspace.findChannel(channel)?.botIsMember)
    .map(([, access]) => RANK.indexOf(access));
  const own = canvas.userAccess[VESPER_USER_ID];
  if (own !== undefined) granted.push(RANK.indexOf(own));
  if (canvas.createdBy === 'vesper') granted.push(RANK.indexOf(isGivenAway ? 'write' : 'owner'));
  return granted.length === 0 ? null : (RANK[Math.max(...granted)] ?? null);
}

export function requireCanvasesEnabled(context: MethodContext): void {
  if (context.canvasPlan === 'disabled') throw new Refusal('canvas_disabled_user_team');
}

/** The channel a canvas is to be put into. `missing` is what the method answers for one that is not there. */
export function getTabChannel(
  args: Arguments,
  context: MethodContext,
  missing: 'canvas_creation_failed' | 'channel_canvas_creation_failed',
): FakeChannel {
  const channel = context.workspace.findChannel(args.requireString('channel_id'));
  if (!channel || (channel.isPrivate && !channel.botIsMember)) {
    throw new Refusal(missing, { detail: 'channel_not_found' });
  }
  if (channel.isArchived || !channel.botIsMember) throw new Refusal('restricted_action');
  return channel;
}
