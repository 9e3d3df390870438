import { Inject, Injectable } from '@nestjs/common';
import type { SendingRights } from '../../domain/notifications/notification';
import type { Scheduler } from '../../domain/schedulers/scheduler';
import { SchedulerRepository } from '../../domain/schedulers/scheduler.repository';
import { StaleRules } from '../../domain/schedulers/staleness';
import { Clock } from '../../domain/shared/clock';
import { belongsTo, EodWindows, type EodWindow } from '../../domain/windows/eod-window';
import { dueStep, newNight, stepAfter, type Night, type NightStep } from '../../domain/windows/night';
import { NightRepository } from '../../domain/windows/night.repository';
import { summarizeNight } from '../../domain/windows/night-summary';
import type { Occurrence } from '../../domain/windows/occurrence';
import { buildStatusTable, type StatusTable } from '../../domain/windows/status-table';
import { TablePublisher } from '../../domain/windows/table-publisher';
import type { Interruption } from './interruption';
import { NightMessenger } from './night.messenger';

/** `done`: the step is carried out, by whomever. Otherwise it is to be tried again, not before `retryAfterMs`. */
export type StepResult =
  | { readonly kind: 'done' | 'nothing_due' }
  | { readonly kind: 'interrupted'; readonly interruption: Interruption };

const DONE: StepResult = { kind: 'done' };

/** Carries a window's occurrence through its steps: initial table, edits, last edit and summary. */
@Injectable()
export class NightService {
  constructor(
    @Inject(NightRepository) private readonly nights: NightRepository,
    @Inject(SchedulerRepository) private readonly schedulers: SchedulerRepository,
    @Inject(TablePublisher) private readonly publisher: TablePublisher,
    @Inject(EodWindows) private readonly windows: EodWindows,
    @Inject(StaleRules) private readonly staleRules: StaleRules,
    @Inject(Clock) private readonly clock: Clock,
    private readonly messenger: NightMessenger,
  ) {}

  /**
   * Carries out what is due now. The storage says what was done before, by this instance or another.
   * @throws ChangedConcurrently when another instance works on the same night
   */
  async advance(window: EodWindow, occurrence: Occurrence, rights: SendingRights): Promise<StepResult> {
    const stored = await this.nights.find(window.name, occurrence.businessDate);
    const night = stored ?? newNight(window, occurrence);
    const step = dueStep(window, night, this.clock.now());
    if (step === null) return { kind: 'nothing_due' };
    return step.kind === 'table'
      ? this.updateTable(window, night, step, rights)
      : this.close(window, night, rights);
  }

  private async updateTable(
    window: EodWindow,
    night: Night,
    step: NightStep & { kind: 'table' },
    rights: SendingRights,
  ): Promise<StepResult> {
    const table = await this.buildTable(window, night, step);
    const shown = await this.messenger.showTable(window, night, table, rights);
    if (shown.kind === 'interrupted') return shown;
    await this.nights.record({ ...shown.night, lastStepAt: step.at });
    return DONE;
  }

  /** Last edit, then the summary. A table that never was is not begun after the end, and a night that had nobody in it ends without a word. */
  private async close(window: EodWindow, night: Night, rights: SendingRights): Promise<StepResult> {
    const table = await this.buildTable(window, night, { kind: 'close' });
    const hadTable = night.messages.some(({ reference }) => reference !== null);
    if (!hadTable && table.rows.length === 0) {
      await this.nights.record({ ...night, closedAt: this.clock.now() });
      return DONE;
    }
    const shown = hadTable
      ? await this.messenger.showTable(window, night, table, rights)
      : { kind: 'shown' as const, night };
    if (shown.kind === 'interrupted') return shown;
    const summary = this.publisher.layOutSummary(summarizeNight(table));
    const told = await this.messenger.postSummary(window, shown.night, summary, rights);
    if (told.kind === 'interrupted') return told;
    await this.nights.record({ ...told.night, closedAt: this.clock.now() });
    return DONE;
  }

  private async buildTable(window: EodWindow, occurrence: Occurrence, step: NightStep): Promise<StatusTable> {
    const members: Scheduler[] = [];
    for await (const batch of this.schedulers.scanAll()) {
      members.push(...batch.filter((scheduler) => this.takesPart(scheduler, window, occurrence)));
    }
    return buildStatusTable(members, {
      window,
      occurrence,
      defaultTimeoutMinutes: this.staleRules.defaultTimeoutMinutes,
      now: this.clock.now(),
      nextUpdateAt: stepAfter(window, occurrence, step),
    });
  }

  /** Who registered after the night's end had no part in it, though its summary may be made up later. */
  private takesPart(scheduler: Scheduler, window: EodWindow, occurrence: Occurrence): boolean {
    return scheduler.createdAt < occurrence.endsAt && belongsTo(window, scheduler, this.windows);
  }
}
