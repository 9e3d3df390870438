import { Inject, Injectable } from '@nestjs/common';
import { appsOf, Board, findChannel, type BoardChannel } from '../../domain/board/board';
import { BoardRepository } from '../../domain/board/board.repository';
import { CanvasPublisher } from '../../domain/board/canvas-publisher';
import { canvasIdOf } from '../../domain/board/canvas-record';
import { Clock } from '../../domain/shared/clock';
import { LeaseRepository } from '../../domain/shared/lease';
import { InstanceId } from '../../platform/workers/instance-id';
import { writeUnderLease } from './canvas-lease';
import { CanvasWriterService } from './canvas-writer.service';

export interface CanvasSync {
  readonly channelId: string;
  readonly outcome:
    | { readonly kind: 'written'; readonly canvasId: string; readonly writtenAt: Date }
    /** Slack's own code, or what kept us from asking. */
    | { readonly kind: 'failed'; readonly slackError: string };
}

export interface CanvasPreview {
  readonly channelId: string;
  /** `null` when it has not been made yet. */
  readonly canvasId: string | null;
  readonly text: string;
  readonly generatedAt: Date;
}

/** Somebody waits for the answer: two attempts that Slack lets time out, and the pause between two edits. */
const LONGEST_SYNC_MS = 20_000;
const AGAIN_AFTER_MS = 250;

/** Canvases on request. */
@Injectable()
export class CanvasService {
  constructor(
    @Inject(Board) private readonly board: Board,
    @Inject(BoardRepository) private readonly boards: BoardRepository,
    @Inject(CanvasPublisher) private readonly publisher: CanvasPublisher,
    @Inject(LeaseRepository) private readonly leases: LeaseRepository,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(InstanceId) private readonly instanceId: string,
    private readonly writer: CanvasWriterService,
  ) {}

  /** Writes them now, changed or not, and waits for Slack. One that cannot be written does not keep the others from it. */
  syncNow(channelIds: readonly string[]): Promise<readonly CanvasSync[]> {
    return Promise.all(channelIds.map((channelId) => this.sync(this.channel(channelId))));
  }

  /** What would be written at this moment; asks Slack nothing. */
  async preview(channelId: string): Promise<CanvasPreview> {
    const channel = this.channel(channelId);
    const record = await this.boards.findCanvas(channelId);
    const apps = appsOf(this.board, channelId).map(({ name }) => name);
    const { canvas, text } = this.writer.draft(channel, record, await this.boards.findApps(apps));
    return {
      channelId,
      canvasId: canvasIdOf(record, channel.canvasId),
      text,
      generatedAt: canvas.generatedAt,
    };
  }

  private async sync(channel: BoardChannel): Promise<CanvasSync> {
    const failed = (slackError: string): CanvasSync => ({
      channelId: channel.id,
      outcome: { kind: 'failed', slackError },
    });
    if (this.publisher.state === 'disabled') return failed('slack_disabled');
    const signal = AbortSignal.timeout(LONGEST_SYNC_MS);
    const { leases, clock, instanceId, writer } = this;
    while (!signal.aborted) {
      const writing = await writeUnderLease(
        { leases, clock, instanceId, channelId: channel.id, signal },
        (rights) => writer.write(channel, 'request', rights),
      );
      if (writing?.kind === 'written') return { channelId: channel.id, outcome: writing };
      if (writing?.kind === 'failed') return failed(writing.error);
      // Held elsewhere, or written a moment ago.
      await clock.sleep(writing?.kind === 'too_soon' ? writing.waitMs : AGAIN_AFTER_MS, signal);
    }
    return failed('timeout');
  }

  /** @throws TypeError for a channel that is not configured: whoever asks has checked it */
  private channel(channelId: string): BoardChannel {
    const channel = findChannel(this.board, channelId);
    if (channel === null) throw new TypeError(`no channel ${channelId} is configured`);
    return channel;
  }
}
