import type { CanvasWriting } from './canvas-writing';

/** Told what becomes of canvases; for logs and metrics. */
export interface CanvasObserver {
  attempted(channelId: string, writing: CanvasWriting): void;
  /** The canvas was not there any more; another is made. */
  wasDeleted(channelId: string, canvasId: string): void;
  wasCreated(channelId: string, canvasId: string): void;
  /** Something other than Slack went wrong. */
  interrupted(channelId: string, error: unknown): void;
}

export const CanvasObserver = Symbol('CanvasObserver');
