import { Inject, Injectable } from '@nestjs/common';
import { ChangedConcurrently } from '../../domain/shared/errors';
import { Log } from '../../platform/logging/log';
import { Metrics } from '../../platform/metrics/metrics';
import type { CanvasObserver } from './canvas-observer';
import type { CanvasWriting } from './canvas-writing';

/** Whose work it is. */
const WORKER = 'canvas-refresh';

@Injectable()
export class CanvasTelemetry implements CanvasObserver {
  /** Channels whose canvas could not be written the last time; what lasts is told once. */
  private readonly behind = new Map<string, string>();

  constructor(
    private readonly metrics: Metrics,
    @Inject(Log) private readonly log: Log,
  ) {}

  attempted(channelId: string, writing: CanvasWriting): void {
    if (writing.kind === 'too_soon') return;
    const refused = writing.kind === 'failed' && writing.refused;
    this.metrics.canvasWrites.inc({ channel: channelId, outcome: refused ? 'refused' : writing.kind });
    if (writing.kind === 'failed') this.failed(channelId, writing.error, refused);
    else if (this.behind.delete(channelId))
      this.log.info({ channel: channelId }, 'a canvas is written again');
  }

  wasDeleted(channelId: string, canvasId: string): void {
    this.log.warn({ channel: channelId, canvas_id: canvasId }, 'a canvas is gone; another is made');
  }

  wasCreated(channelId: string, canvasId: string): void {
    this.log.info({ channel: channelId, canvas_id: canvasId }, 'a canvas was made');
  }

  interrupted(channelId: string, err: unknown): void {
    // Another instance wrote it; it goes on there.
    if (err instanceof ChangedConcurrently) return;
    this.metrics.workerInterruptions.inc({ worker: WORKER });
    this.log.error({ channel: channelId, err }, 'the writing of a canvas was interrupted');
  }

  private failed(channelId: string, error: string, refused: boolean): void {
    if (this.behind.get(channelId) === error) return;
    this.behind.set(channelId, error);
    const fields = { channel: channelId, reason: error };
    if (refused) this.log.error(fields, 'Slack refuses a canvas; it stays behind until somebody mends that');
    else this.log.warn(fields, 'a canvas could not be written; it is tried again');
  }
}
