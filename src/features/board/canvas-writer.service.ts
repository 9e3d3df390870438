import { Inject, Injectable } from '@nestjs/common';
import type { AppBoard } from '../../domain/board/app-board';
import { appsOf, Board, type BoardChannel } from '../../domain/board/board';
import { BoardRepository } from '../../domain/board/board.repository';
import { buildCanvas, type Canvas } from '../../domain/board/canvas';
import { CanvasPublisher, type CanvasOutcome } from '../../domain/board/canvas-publisher';
import { canvasIdOf, isDirty, versionsOf, type CanvasRecord } from '../../domain/board/canvas-record';
import type { SendingRights } from '../../domain/notifications/notification';
import { Clock } from '../../domain/shared/clock';
import { IdSource } from '../../domain/shared/id-source';
import { CanvasObserver } from './canvas-observer';
import { LEASE_LOST, type CanvasOccasion, type CanvasWriting } from './canvas-writing';

/** Spec 20: at least this long between two edits of one canvas. */
export const DEBOUNCE_MS = 2_000;

/** What is to be shown, what was shown last, and the text for it. */
interface Draft {
  readonly channel: BoardChannel;
  readonly record: CanvasRecord;
  readonly boards: readonly AppBoard[];
  readonly canvas: Canvas;
  readonly text: string;
}

/** Brings one canvas up to date. To be called under the canvas's lease: Slack has no version check, the last writer wins. */
@Injectable()
export class CanvasWriterService {
  constructor(
    @Inject(Board) private readonly board: Board,
    @Inject(BoardRepository) private readonly boards: BoardRepository,
    @Inject(CanvasPublisher) private readonly publisher: CanvasPublisher,
    @Inject(CanvasObserver) private readonly observer: CanvasObserver,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdSource) private readonly ids: IdSource,
  ) {}

  /**
   * What is read here is what is shown: the state is marked as shown only after Slack has it, so whatever comes meanwhile, or is left by a crash, leaves
   * the canvas behind the board and is written next.
   */
  async write(
    channel: BoardChannel,
    occasion: CanvasOccasion,
    rights: SendingRights,
  ): Promise<CanvasWriting> {
    const record = await this.boards.findCanvas(channel.id);
    const boards = await this.boards.findApps(appsOf(this.board, channel.id).map(({ name }) => name));
    if (occasion === 'change' && !isDirty(record, boards)) return { kind: 'unchanged' };
    const waitMs = this.restOfPause(record);
    if (waitMs > 0) return { kind: 'too_soon', waitMs };
    const draft = this.draft(channel, record, boards);
    const canvasId = canvasIdOf(record, channel.canvasId);
    const writing = await this.publish(draft, canvasId, occasion, rights);
    this.observer.attempted(channel.id, writing);
    return writing;
  }

  draft(channel: BoardChannel, record: CanvasRecord, boards: readonly AppBoard[]): Draft {
    const canvas = buildCanvas(this.board, channel, boards, this.clock.now());
    const text = this.publisher.render(canvas);
    return { channel, record, boards, canvas, text };
  }

  private async publish(
    draft: Draft,
    canvasId: string | null,
    occasion: CanvasOccasion,
    rights: SendingRights,
  ): Promise<CanvasWriting> {
    if (canvasId === null) return this.create(draft, rights);
    const isShown =
      this.fingerprint(canvasId, draft.text) === draft.record.textHash && occasion !== 'request';
    if (isShown && !(occasion === 'age' && (await this.wasEdited(draft, canvasId, rights))))
      return this.leave(draft);
    if (rights.mayAct?.() === false) return LEASE_LOST;
    const outcome = await this.publisher.write(canvasId, draft.text, rights);
    if (outcome.kind === 'gone') {
      this.observer.wasDeleted(draft.channel.id, canvasId);
      const configuredId = draft.channel.canvasId;
      // One that stood in for the configured canvas: maybe that one can be seen by now.
      if (configuredId !== null && configuredId !== canvasId)
        return this.publish(withoutCreated(draft), configuredId, 'request', rights);
      return this.create(draft, rights);
    }
    return outcome.kind === 'done' ? this.note(draft, canvasId, {}) : failed(outcome);
  }

  /** Nothing that a reader would see has changed. */
  private async leave({ record, boards }: Draft): Promise<CanvasWriting> {
    if (isDirty(record, boards)) await this.boards.recordCanvas({ ...record, shown: versionsOf(boards) });
    return { kind: 'unchanged' };
  }

  private async wasEdited(draft: Draft, canvasId: string, rights: SendingRights): Promise<boolean> {
    return (await this.publisher.holds(canvasId, draft.text, rights.signal)) === false;
  }

  /** The intent is written first: should the answer be lost, the next attempt looks for the canvas instead of making a second one. */
  private async create(draft: Draft, rights: SendingRights): Promise<CanvasWriting> {
    const { channel, canvas } = draft;
    const mayExistSince = draft.record.creatingSince;
    const record =
      mayExistSince !== null
        ? draft.record
        : await this.boards.recordCanvas({ ...draft.record, creatingSince: this.clock.now() });
    if (rights.mayAct?.() === false) return LEASE_LOST;
    const creation = await this.publisher.create(canvas, mayExistSince, rights);
    if (creation.kind === 'created') {
      this.observer.wasCreated(channel.id, creation.canvasId);
      const created = {
        createdCanvasId: creation.canvasId,
        insteadOf: channel.canvasId,
        creatingSince: null,
      };
      return this.note({ ...draft, record }, creation.canvasId, created);
    }
    if (creation.kind === 'refused') await this.boards.recordCanvas({ ...record, creatingSince: null });
    return failed(creation);
  }

  private async note(
    { record, boards, text }: Draft,
    canvasId: string,
    creation: Partial<CanvasRecord>,
  ): Promise<CanvasWriting> {
    const writtenAt = this.clock.now();
    await this.boards.recordCanvas({
      ...record,
      ...creation,
      shown: versionsOf(boards),
      textHash: this.fingerprint(canvasId, text),
      writtenAt,
    });
    return { kind: 'written', canvasId, writtenAt };
  }

  /** Of the text and its place: another canvas may be configured by now, and what that one holds nobody can say. */
  private fingerprint(canvasId: string, text: string): string {
    return this.ids.fingerprint(`${canvasId}\n${text}`);
  }

  /** A clock that stepped back must not lengthen it. */
  private restOfPause({ writtenAt }: CanvasRecord): number {
    if (writtenAt === null) return 0;
    const sinceMs = this.clock.now().getTime() - writtenAt.getTime();
    return sinceMs < 0 ? 0 : Math.max(0, DEBOUNCE_MS - sinceMs);
  }
}

function withoutCreated(draft: Draft): Draft {
  return { ...draft, record: { ...draft.record, createdCanvasId: null, insteadOf: null } };
}

function failed(outcome: Exclude<CanvasOutcome, { kind: 'done' }>): CanvasWriting {
  switch (outcome.kind) {
    case 'retry':
      return { kind: 'failed', error: outcome.error, afterMs: outcome.afterMs, refused: false };
    case 'refused':
      return { kind: 'failed', error: outcome.error, afterMs: null, refused: true };
    case 'gone':
      return { kind: 'failed', error: 'canvas_not_found', afterMs: null, refused: true };
  }
}
