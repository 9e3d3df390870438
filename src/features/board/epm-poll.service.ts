import { Inject, Injectable } from '@nestjs/common';
import { AlertRepository } from '../../domain/alerts/alert.repository';
import { raiseAlert, resolveAlert } from '../../domain/alerts/raise-alert';
import { findCell } from '../../domain/board/app-board';
import { Board } from '../../domain/board/board';
import { BoardRepository } from '../../domain/board/board.repository';
import { decideCellUpdates, dedupKeysOf } from '../../domain/board/decide-cell-updates';
import {
  asHealed,
  decidePoll,
  PollLimits,
  stillWaits,
  withPollingRemembered,
} from '../../domain/board/decide-poll';
import type { EpmAnswer, LostSignIn } from '../../domain/board/epm-gateway';
import { signInCandidate, signInDedupKey } from '../../domain/board/sign-in-alert';
import { Bell } from '../../domain/notifications/bell';
import { Clock } from '../../domain/shared/clock';
import { IdSource } from '../../domain/shared/id-source';
import { retryOnConflict } from '../../domain/shared/retry-on-conflict';
import type { BoardChange } from './board-change';
import { BoardChecksService } from './board-checks.service';
import { BoardWriteService } from './board-write.service';

/** A cell that waits for the end of a job, and whom to ask about it. */
export interface PolledCell {
  readonly app: string;
  readonly domain: string;
  readonly server: string;
  readonly jobId: string;
  /** Event time of the `Loading` that waits: tells one run of a job from the next. */
  readonly loadingAt: Date;
}

/** Brings to the board what EPM was found to say. */
@Injectable()
export class EpmPollService {
  constructor(
    @Inject(Board) private readonly board: Board,
    @Inject(BoardRepository) private readonly boards: BoardRepository,
    @Inject(AlertRepository) private readonly alerts: AlertRepository,
    @Inject(PollLimits) private readonly limits: PollLimits,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdSource) private readonly ids: IdSource,
    @Inject(Bell) private readonly bell: Bell,
    private readonly boardWrites: BoardWriteService,
    private readonly checks: BoardChecksService,
  ) {}

  /** Judged on the cell as it stands now: a push that arrived while EPM was asked wins. */
  async apply({ app, domain, jobId, loadingAt }: PolledCell, answer: EpmAnswer): Promise<void> {
    const change: BoardChange = {
      apps: [app],
      actor: this.actor(),
      dedupKeys: () => dedupKeysOf([{ app, domain }]),
      decide: (boards, circumstances) => {
        const state = boards.get(app);
        const cell = state === undefined ? null : findCell(state, domain);
        if (state === undefined || !stillWaits(cell, jobId, loadingAt)) return null;
        const decision = decidePoll(app, cell, answer, this.limits, circumstances.now);
        if (decision.kind === 'nothing') return null;
        if (decision.kind === 'remember')
          return { boards: [withPollingRemembered(state, cell, decision)], audits: [], alertChanges: [] };
        const healing = decideCellUpdates(boards, [decision.update], circumstances);
        return healing === null ? null : asHealed(healing, domain);
      },
    };
    await this.checks.onceSettled(() => this.boardWrites.write(change));
  }

  /**
   * Tells once that a connection waits for a person, and that it does not any more.
   * @param findLost asked after the alert's slot was read: whoever was paused in between finds the slot changed by those who judged by something newer
   */
  async reviewSignIn(connection: string, findLost: () => Promise<LostSignIn | null>): Promise<void> {
    await retryOnConflict(this.clock, async () => {
      const slot = await this.alerts.findSlot(signInDedupKey(connection));
      const lost = await findLost();
      if (lost !== null && slot.open !== null) return;
      const { by, correlationId } = this.actor();
      const cause = { by, now: this.clock.now(), ids: this.ids };
      const change =
        lost === null
          ? resolveAlert(slot, 'signed in again', cause)
          : raiseAlert(slot, signInCandidate(this.board, lost, correlationId), cause);
      if (change === null) return;
      await this.boards.recordAlert(change);
      this.bell.ring();
    });
  }

  private actor() {
    return { by: 'worker:epm-poll', correlationId: this.ids.next() };
  }
}
