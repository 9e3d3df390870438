import { channelsOf } from '../canvas/canvas';
import { FakeMessage } from '../message';
import { kindOfSequence } from '../scan-markup';
import { Workspace } from '../workspace';
import { canvasLines } from './canvas-text';
import { withEmoji } from './emoji';
import { arrayOf, Fields, fieldsOf, textOf } from './fields';
import { unescape } from './mrkdwn.html';
import { inlineText } from './rich-text.html';
import { formatSlackDate, formatStamp, parseSlackDate } from './slack-date';
import { textTable } from './text-table';

const RULE_WIDTH = 72;

/** Every living message and canvas of a channel, or of all, for reading in a terminal. */
export function renderAsText(workspace: Workspace, channelId: string | null, timeZone: string): string {
  const channels = workspace.channels.filter(({ id }) => channelId === null || id === channelId);
  const lines = channels.flatMap((channel) => {
    const top = workspace
      .messagesOf(channel.id)
      .filter(({ threadTs, deleted }) => threadTs === null && !deleted);
    const messages = top.flatMap((message) => [
      ...messageLines(message, timeZone),
      ...workspace
        .livingReplies(channel.id, message.ts)
        .flatMap((reply) => messageLines(reply, timeZone).map((line) => `  │ ${line}`)),
      '',
    ]);
    const canvases = workspace.canvases
      .shownIn(channel.id)
      .flatMap((canvas) => canvasLines(canvas, timeZone));
    const title = `#${channel.name} (${channel.id}), times in ${timeZone}`;
    return [title, '═'.repeat(RULE_WIDTH), ...messages, ...canvases];
  });
  const loose = workspace.canvases
    .list()
    .filter((canvas) => !canvas.deleted && channelsOf(canvas).length === 0);
  if (channelId === null) lines.push(...loose.flatMap((canvas) => canvasLines(canvas, timeZone)));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function messageLines(message: FakeMessage, timeZone: string): string[] {
  const author = message.botId === null ? 'A person' : 'Vesper';
  const edited = message.edits.length > 0 ? ` (edited ${message.edits.length}×)` : '';
  const head = `${author}  ${formatStamp(message.postedAt, timeZone)}  ts ${message.ts}${edited}`;
  const body =
    message.blocks.length > 0
      ? message.blocks.flatMap((block) => blockLines(fieldsOf(block), timeZone))
      : markupLines(message.text, timeZone);
  const attached = message.attachments
    .map(fieldsOf)
    .flatMap((attachment) => [
      ...markupLines(textOf(attachment), timeZone),
      ...arrayOf(attachment['blocks']).flatMap((block) => blockLines(fieldsOf(block), timeZone)),
    ]);
  return [head, ...body, ...attached];
}

function blockLines(block: Fields, timeZone: string): string[] {
  switch (block['type']) {
    case 'divider':
      return ['─'.repeat(RULE_WIDTH)];
    case 'header':
      return [`## ${withEmoji(textOf(block['text']))}`];
    case 'section':
      return [block['text'], ...arrayOf(block['fields'])].flatMap((text) => textLines(text, timeZone));
    case 'context':
      return [
        arrayOf(block['elements'])
          .flatMap((element) => textLines(element, timeZone))
          .join(' · '),
      ];
    case 'actions':
      return [
        arrayOf(block['elements'])
          .map((e) => `[ ${textOf(fieldsOf(e)['text'])} ]`)
          .join(' '),
      ];
    case 'table':
    case 'data_table':
      return tableLines(block, timeZone);
    case 'container':
      return arrayOf(block['child_blocks']).flatMap((child) => blockLines(fieldsOf(child), timeZone));
    case 'rich_text':
      return richText(block, timeZone).split('\n');
    case 'markdown':
      return textOf(block).split('\n');
    default:
      return [JSON.stringify(block)];
  }
}

function textLines(value: unknown, timeZone: string): string[] {
  if (value === undefined) return [];
  const element = fieldsOf(value);
  if (element['type'] === 'image') return [`🖼 ${String(element['alt_text'])}`];
  const text = textOf(element);
  return element['type'] === 'mrkdwn' ? markupLines(text, timeZone) : withEmoji(text).split('\n');
}

/** Sequences are spelled out, the rest of the markup reads well as it is. */
function markupLines(text: string, timeZone: string): string[] {
  if (text === '') return [];
  const spelled = text.replace(/<([^<>\n]+)>/g, (raw, inner: string) => {
    if (!kindOfSequence(inner)) return raw;
    const date = parseSlackDate(inner);
    if (date) return formatSlackDate(date, timeZone);
    const [target = raw, label] = inner.split('|', 2);
    return label === undefined ? target.replace(/^!/, '@') : `${label} (${target.replace(/^!/, '@')})`;
  });
  return withEmoji(unescape(spelled)).split('\n');
}

function tableLines(block: Fields, timeZone: string): string[] {
  const rows = arrayOf(block['rows']).map((row) =>
    arrayOf(row).map((cell) => cellText(fieldsOf(cell), timeZone)),
  );
  const settings = arrayOf(block['column_settings']).map(fieldsOf);
  return textTable(
    rows,
    settings.map((setting) => setting['align']),
  );
}

function cellText(cell: Fields, timeZone: string): string {
  const text = cell['type'] === 'rich_text' ? richText(cell, timeZone) : withEmoji(textOf(cell));
  return text.replaceAll('\n', ' ');
}

function richText(block: Fields, timeZone: string): string {
  return arrayOf(block['elements'])
    .map((part) => richPart(fieldsOf(part), timeZone))
    .join('\n');
}

function richPart(part: Fields, timeZone: string): string {
  const children = arrayOf(part['elements']).map(fieldsOf);
  if (part['type'] === 'rich_text_list') {
    return children.map((item) => `• ${richPart(item, timeZone)}`).join('\n');
  }
  return children.map((element) => inlineText(element, timeZone)).join('');
}
