import { applyChange, readChange } from '../canvas/canvas-change';
import { readMarkdown, refuseUnsupported } from '../canvas/canvas-content';
import { readCriteria, sectionsOf } from '../canvas/sections';
import { parseMarkdown } from '../markdown/parse-markdown';
import { writeMarkdown } from '../markdown/write-markdown';
import { renderCanvasFile } from '../page/canvas-file.html';
import { Arguments } from '../arguments';
import { Refusal } from '../refusal';
import { getCanvas, getTabChannel, requireCanvasesEnabled } from './canvas-access';
import { SlackMethod } from './method';

const create: SlackMethod = {
  name: 'canvases.create',
  tier: 'tier2',
  scopes: ['canvases:write'],
  arguments: { title: 'string', document_content: 'json', channel_id: 'string' },
  run(args, context) {
    const markdown = readContent(args);
    requireCanvasesEnabled(context);
    const isFree = context.canvasPlan === 'free';
    if (isFree && !args.has('channel_id')) {
      throw new Refusal('free_teams_cannot_create_non_tabbed_canvases');
    }
    const channel = args.has('channel_id') ? getTabChannel(args, context, 'canvas_creation_failed') : null;
    if (isFree && channel && context.workspace.canvases.shownIn(channel.id).length > 0) {
      throw new Refusal('canvas_creation_failed', { detail: 'free_team_canvas_tab_already_exists' });
    }
    refuseUnsupported(markdown, 'canvas_creation_failed');
    const canvas = context.workspace.canvases.create({
      title: args.string('title') ?? '',
      markdown,
      by: 'vesper',
      tab: channel && { channel: channel.id, access: 'write' },
      isChannelCanvas: false,
    });
    return { canvas_id: canvas.id };
  },
};

/** The one canvas of a channel. */
const createInChannel: SlackMethod = {
  name: 'conversations.canvases.create',
  tier: 'tier2',
  scopes: ['canvases:write'],
  arguments: { title: 'string', document_content: 'json', channel_id: 'string' },
  run(args, context) {
    const markdown = readContent(args);
    const { canvases } = context.workspace;
    requireCanvasesEnabled(context);
    const channel = getTabChannel(args, context, 'channel_canvas_creation_failed');
    const shown = canvases.shownIn(channel.id);
    if (shown.some((canvas) => canvas.channelCanvasOf === channel.id)) {
      throw new Refusal('channel_canvas_already_exists');
    }
    if (context.canvasPlan === 'free' && shown.length > 0) {
      throw new Refusal('free_team_canvas_tab_already_exists');
    }
    refuseUnsupported(markdown, 'canvas_creation_failed');
    const canvas = canvases.create({
      title: args.string('title') ?? '',
      markdown,
      by: 'vesper',
      tab: { channel: channel.id, access: 'write' },
      isChannelCanvas: true,
    });
    return { canvas_id: canvas.id };
  },
};

const edit: SlackMethod = {
  name: 'canvases.edit',
  tier: 'tier3',
  scopes: ['canvases:write'],
  arguments: { canvas_id: 'string', changes: 'json' },
  run(args, context) {
    args.requireString('canvas_id');
    const change = readChange(args.json('changes'));
    requireCanvasesEnabled(context);
    const canvas = getCanvas(args, context, 'write');
    if (context.canvasPlan === 'free' && canvas.tabbedIn.length === 0) {
      throw new Refusal('free_teams_cannot_edit_standalone_canvases');
    }
    const next = applyChange(canvas, change);
    context.workspace.canvases.edit(canvas.id, change.operation, next, 'vesper');
    return {};
  },
};

const remove: SlackMethod = {
  name: 'canvases.delete',
  tier: 'tier3',
  scopes: ['canvases:write'],
  arguments: { canvas_id: 'string' },
  run(args, context) {
    const canvas = getCanvas(args, context, 'owner');
    context.workspace.canvases.change(canvas.id, { deleted: true });
    return {};
  },
};

const lookup: SlackMethod = {
  name: 'canvases.sections.lookup',
  tier: 'tier3',
  scopes: ['canvases:read'],
  arguments: { canvas_id: 'string', criteria: 'json' },
  run(args, context) {
    const fits = readCriteria(args.json('criteria'));
    requireCanvasesEnabled(context);
    if (context.workspace.canvases.find(args.requireString('canvas_id'))?.deleted) {
      throw new Refusal('canvas_deleted');
    }
    const sections = sectionsOf(getCanvas(args, context, 'read')).filter(fits);
    return { sections: sections.map(({ id }) => ({ id })) };
  },
};

/** Its tier is not written down; the one of its siblings is taken. */
const getContent: SlackMethod = {
  name: 'canvases.getContent',
  tier: 'tier3',
  scopes: ['canvases:read'],
  arguments: { canvas_id: 'string', content_type: 'string' },
  run(args, context) {
    const type = args.string('content_type') ?? 'markdown';
    if (type !== 'markdown' && type !== 'html') {
      throw Refusal.invalidArguments(
        'must be a valid enum value: html, markdown [json-pointer:/content_type]',
      );
    }
    const canvas = getCanvas(args, context, 'read');
    if (type === 'html') return { content: renderCanvasFile(canvas).source };
    const isVerbatim = context.canvasContent === 'verbatim';
    return { content: isVerbatim ? canvas.markdown : writeMarkdown(parseMarkdown(canvas.markdown)) };
  },
};

export const canvasesMethods: readonly SlackMethod[] = [
  create,
  createInChannel,
  edit,
  remove,
  lookup,
  getContent,
];

/** A canvas may be created empty. */
function readContent(args: Arguments): string {
  return args.has('document_content') ? readMarkdown(args.json('document_content'), '/document_content') : '';
}
