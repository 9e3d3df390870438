import type { Canvas } from '../../domain/board/canvas';
import type { CanvasPublisher } from '../../domain/board/canvas-publisher';
import { layOutCanvas } from './slack-canvas.layout';

const NOT_CONFIGURED = { kind: 'refused', error: 'Slack is not configured' } as const;

/** Stands for Slack on an installation without a bot token: what would be written can be seen all the same. */
export class DisabledCanvasPublisher implements CanvasPublisher {
  readonly state = 'disabled';

  render(canvas: Canvas): string {
    return layOutCanvas(canvas);
  }

  write(): Promise<typeof NOT_CONFIGURED> {
    return Promise.resolve(NOT_CONFIGURED);
  }

  create(): Promise<typeof NOT_CONFIGURED> {
    return Promise.resolve(NOT_CONFIGURED);
  }

  holds(): Promise<null> {
    return Promise.resolve(null);
  }
}
