import type { CanvasRecord } from '../../../../domain/board/canvas-record';
import { toInstant, toText, type DocumentMapping } from './document';

export const canvasRecordMapping: DocumentMapping<CanvasRecord> = {
  toDocument: (record) => ({
    channelId: record.channelId,
    createdCanvasId: record.createdCanvasId,
    insteadOf: record.insteadOf,
    creatingSince: toText(record.creatingSince),
    shown: record.shown,
    textHash: record.textHash,
    writtenAt: toText(record.writtenAt),
    version: record.version,
  }),
  fromDocument: (document) => ({
    ...document,
    creatingSince: toInstant(document.creatingSince),
    writtenAt: toInstant(document.writtenAt),
  }),
};
