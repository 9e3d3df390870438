import type { CanvasRecord } from '../../../domain/board/canvas-record';
import { count, instant, itemOf, list, optional, text, type Item } from './attributes';
import { ItemReader } from './item.reader';

export function canvasKey(channelId: string): Item {
  return { pk: text(`canvas#${channelId}`), sk: text('canvas') };
}

/** The versions shown are a list of pairs: names that people give are values here, never attribute names. */
export function toCanvasItem(record: CanvasRecord): Item {
  const shown = Object.entries(record.shown);
  return itemOf({
    ...canvasKey(record.channelId),
    channel_id: text(record.channelId),
    created_canvas_id: optional(record.createdCanvasId, text),
    instead_of: optional(record.insteadOf, text),
    creating_since: optional(record.creatingSince, instant),
    shown: list(shown.map(([app, version]) => ({ app: text(app), version: count(version) }))),
    text_hash: optional(record.textHash, text),
    written_at: optional(record.writtenAt, instant),
    version: count(record.version),
  });
}

/** @throws UnreadableItem */
export function fromCanvasItem(item: Item): CanvasRecord {
  const reader = new ItemReader(item, `canvas of channel ${item['channel_id']?.S}`);
  const shown = reader.list('shown').map((one) => [one.text('app'), one.count('version')] as const);
  return {
    channelId: reader.text('channel_id'),
    createdCanvasId: reader.textOrNull('created_canvas_id'),
    insteadOf: reader.textOrNull('instead_of'),
    creatingSince: reader.instantOrNull('creating_since'),
    shown: Object.fromEntries(shown),
    textHash: reader.textOrNull('text_hash'),
    writtenAt: reader.instantOrNull('written_at'),
    version: reader.count('version'),
  };
}
