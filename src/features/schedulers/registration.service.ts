import { Inject, Injectable } from '@nestjs/common';
import { Bell } from '../../domain/notifications/bell';
import { decideRegistration } from '../../domain/schedulers/decide-registration';
import { decideRemoval } from '../../domain/schedulers/decide-removal';
import type { Scheduler, SchedulerProfile } from '../../domain/schedulers/scheduler';
import { SchedulerNotFound, UnknownWindow } from '../../domain/schedulers/scheduler.errors';
import { SchedulerRepository } from '../../domain/schedulers/scheduler.repository';
import type { Reporter } from '../../domain/schedulers/status-update';
import { Clock } from '../../domain/shared/clock';
import { IdSource } from '../../domain/shared/id-source';
import { retryOnConflict } from '../../domain/shared/retry-on-conflict';
import { EodWindows } from '../../domain/windows/eod-window';

@Injectable()
export class RegistrationService {
  constructor(
    @Inject(SchedulerRepository) private readonly schedulers: SchedulerRepository,
    @Inject(EodWindows) private readonly windows: EodWindows,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdSource) private readonly ids: IdSource,
    @Inject(Bell) private readonly bell: Bell,
  ) {}

  /** @throws UnknownWindow when the profile names a window that is not configured: it would be shown in no table */
  async register(profile: SchedulerProfile): Promise<Scheduler> {
    return retryOnConflict(this.clock, async () => {
      const existing = await this.schedulers.find(profile.schedulerId);
      this.demandKnownWindows(profile, existing);
      const scheduler = decideRegistration(existing, profile, this.clock.now());
      await this.schedulers.recordRegistration(scheduler);
      return scheduler;
    });
  }

  /** Soft delete. @throws SchedulerNotFound also when it is removed already */
  async remove(schedulerId: string, reporter: Reporter): Promise<void> {
    await retryOnConflict(this.clock, async () => {
      const found = await this.schedulers.findWithAlerts(schedulerId);
      if (found === null || found.scheduler.removedAt !== null) throw new SchedulerNotFound(schedulerId);
      const cause = { by: reporter.keyName, now: this.clock.now(), ids: this.ids };
      await this.schedulers.recordRemoval(decideRemoval(found.scheduler, found.slots, cause));
    });
    this.bell.ring();
  }

  /** A name that was good when the service last registered stays so: taking a window out of the configuration must break no job. */
  private demandKnownWindows(profile: SchedulerProfile, existing: Scheduler | null): void {
    const known = this.windows.map((window) => window.name);
    const unknown = profile.windows.filter(
      (name) => !known.includes(name) && !existing?.windows.includes(name),
    );
    if (unknown.length > 0) throw new UnknownWindow(unknown, known);
  }
}
