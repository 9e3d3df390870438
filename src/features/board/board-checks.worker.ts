import { Inject, Injectable } from '@nestjs/common';
import { Board } from '../../domain/board/board';
import type { Hold } from '../../platform/workers/hold-lease';
import type { Task } from '../../platform/workers/task';
import { BoardChecksService } from './board-checks.service';

/** Spec 20: every 5 minutes, and at start. */
const INTERVAL_MS = 5 * 60_000;

/** Looks for cells that load for too long, for a board that has gone quiet, and for alerts that are still due. */
@Injectable()
export class BoardChecksWorker implements Task {
  readonly name = 'board-checks';
  readonly schedule = { everyMs: INTERVAL_MS };
  readonly timeoutMs = 120_000;
  readonly leased = true;

  constructor(
    @Inject(Board) private readonly board: Board,
    private readonly checks: BoardChecksService,
  ) {}

  isDue(): boolean {
    return this.board.apps.length > 0;
  }

  async run(_now: Date, { signal }: Pick<Hold, 'signal'>): Promise<void> {
    const failures: unknown[] = [];
    const attempt = async (check: () => Promise<void>) => {
      if (!signal.aborted) await check().catch((error: unknown) => failures.push(error));
    };
    for (const { name } of this.board.apps) {
      // One app that cannot be judged must not hide the others.
      await attempt(() => this.checks.settleAlerts(name));
      await attempt(() => this.checks.reviewLoading(name));
    }
    await attempt(() => this.checks.clearUnconfigured());
    await attempt(() => this.checks.reviewIdleness());
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} checks of the board failed`);
  }
}
