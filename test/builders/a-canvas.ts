import { buildCanvas, type Canvas } from '../../src/domain/board/canvas';
import { aBoard } from './a-board';
import { aCell, anAppBoard } from './an-app-board';

/** A channel's canvas of one app that is OK, with something to say. */
export function aCanvas(channelId: string, message = 'all rows loaded'): Canvas {
  const board = aBoard().withChannel(channelId, { name: 'epm-main' }).withApp('Planning').build();
  const state = anAppBoard('Planning').withCell(aCell('Actual', { message })).build();
  const channel = { id: channelId, name: 'epm-main', canvasId: null };
  return buildCanvas(board, channel, [state], new Date('2026-03-02T17:00:00.000Z'));
}
