import { CanvasAccess, channelsOf, FakeCanvas } from '../canvas/canvas';
import { HUMAN_USER_ID, TEAM_ID, VESPER_USER_ID } from '../message';
import { Refusal } from '../refusal';
import { accessOf, requireCanvasesEnabled } from './canvas-access';
import { MethodContext, SlackMethod } from './method';

/** Canvases are the only files of the fake. */
const info: SlackMethod = {
  name: 'files.info',
  tier: 'tier4',
  scopes: ['files:read'],
  arguments: { file: 'string' },
  run(args, context) {
    const canvas = context.workspace.canvases.find(args.requireString('file'));
    if (!canvas) throw new Refusal('file_not_found');
    requireCanvasesEnabled(context);
    if (canvas.deleted) throw new Refusal('file_deleted');
    const access = accessOf(canvas, context.workspace);
    if (access === null) throw new Refusal('not_visible');
    return {
      file: toWireFile(canvas, access, context),
      comments: [],
      response_metadata: { next_cursor: '' },
    };
  },
};

export const filesMethods: readonly SlackMethod[] = [info];

function toWireFile(
  canvas: FakeCanvas,
  access: CanvasAccess,
  context: MethodContext,
): Record<string, unknown> {
  const creator = canvas.createdBy === 'vesper' ? VESPER_USER_ID : HUMAN_USER_ID;
  const channels = channelsOf(canvas).map((id) => context.workspace.findChannel(id));
  const isIn = (isPrivate: boolean): string[] =>
    channels.filter((channel) => channel?.isPrivate === isPrivate).map((channel) => channel?.id ?? '');
  const shares = (ids: string[]): object =>
    Object.fromEntries(ids.map((id) => [id, [{ ts: (canvas.createdAt / 1000).toFixed(6), access }]]));
  return {
    id: canvas.id,
    created: Math.trunc(canvas.createdAt / 1000),
    updated: Math.trunc((canvas.edits.at(-1)?.at ?? canvas.createdAt) / 1000),
    name: canvas.title,
    title: canvas.title,
    mimetype: 'application/vnd.slack-docs',
    filetype: 'quip',
    pretty_type: 'Canvas',
    mode: 'quip',
    user: creator,
    canvas_creator_id: creator,
    team_id: TEAM_ID,
    editable: true,
    access,
    channels: isIn(false),
    groups: isIn(true),
    ims: [],
    shares: { public: shares(isIn(false)), private: shares(isIn(true)) },
    permalink: `${context.pageUrl()}docs/${TEAM_ID}/${canvas.id}`,
    url_private: `${context.pageUrl()}files-pri/${TEAM_ID}-${canvas.id}/canvas`,
    url_private_download: `${context.pageUrl()}files-pri/${TEAM_ID}-${canvas.id}/download/canvas`,
  };
}
