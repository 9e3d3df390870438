import { Inject, Injectable } from '@nestjs/common';
import { HISTORY_SORT_KEY, retentionStart, type HistoryEntry } from '../../domain/schedulers/history-entry';
import type { Scheduler, SchedulerStatus } from '../../domain/schedulers/scheduler';
import { SchedulerNotFound } from '../../domain/schedulers/scheduler.errors';
import { SchedulerRepository } from '../../domain/schedulers/scheduler.repository';
import { StaleRules } from '../../domain/schedulers/staleness';
import { Clock } from '../../domain/shared/clock';
import { InvalidInputError } from '../../domain/shared/errors';
import type { Page, PageRequest } from '../../domain/shared/page';
import { belongsTo, EodWindows } from '../../domain/windows/eod-window';

/** What a list is narrowed to; `null` means any. */
export interface ListRequest extends PageRequest {
  readonly status: SchedulerStatus | null;
  readonly serviceName: string | null;
  readonly tag: string | null;
  readonly window: string | null;
  readonly stale: boolean | null;
  readonly q: string | null;
}

export interface HistoryRequest extends PageRequest {
  readonly from: Date | null;
  readonly to: Date | null;
  readonly status: SchedulerStatus | null;
}

/** How many days entries are shown and kept. */
export const HistoryRetentionDays = Symbol('HistoryRetentionDays');

@Injectable()
export class SchedulerQueryService {
  constructor(
    @Inject(SchedulerRepository) private readonly schedulers: SchedulerRepository,
    @Inject(EodWindows) private readonly windows: EodWindows,
    @Inject(StaleRules) private readonly staleRules: StaleRules,
    @Inject(HistoryRetentionDays) private readonly retentionDays: number,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws InvalidInputError when the window is not configured */
  list(request: ListRequest): Promise<Page<Scheduler>> {
    const { status, serviceName, tag, stale, q, limit, after } = request;
    const filter = {
      ...{ status, serviceName, tag, stale, q },
      inWindow: this.windowPredicate(request.window),
      defaultTimeoutMinutes: this.staleRules.defaultTimeoutMinutes,
      now: this.clock.now(),
    };
    return this.schedulers.list(filter, { limit, after });
  }

  /** @throws SchedulerNotFound */
  async get(schedulerId: string): Promise<Scheduler> {
    const scheduler = await this.schedulers.find(schedulerId);
    if (scheduler === null || scheduler.removedAt !== null) throw new SchedulerNotFound(schedulerId);
    return scheduler;
  }

  /** Also of a removed scheduler: its history stays until its retention ends. @throws SchedulerNotFound when the id was never registered */
  async history(schedulerId: string, request: HistoryRequest): Promise<Page<HistoryEntry>> {
    const { status, to, limit, after } = request;
    if (after !== null && !HISTORY_SORT_KEY.test(after))
      throw new InvalidInputError(['cursor must be one that a Link header gave']);
    if ((await this.schedulers.find(schedulerId)) === null) throw new SchedulerNotFound(schedulerId);
    const oldest = retentionStart(this.clock.now(), this.retentionDays);
    const from = request.from === null || request.from < oldest ? oldest : request.from;
    return this.schedulers.listHistory({ schedulerId, from, to, status }, { limit, after });
  }

  private windowPredicate(name: string | null): ((scheduler: Scheduler) => boolean) | null {
    if (name === null) return null;
    const window = this.windows.find((candidate) => candidate.name === name);
    if (window === undefined) {
      const known = this.windows.map((candidate) => candidate.name).join(', ');
      throw new InvalidInputError([`window must be one of: ${known}`], 'UNKNOWN_WINDOW');
    }
    return (scheduler) => belongsTo(window, scheduler, this.windows);
  }
}
