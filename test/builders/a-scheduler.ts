import type { Scheduler, SchedulerStatus } from '../../src/domain/schedulers/scheduler';
import { toMs } from '../fakes/fake-clock';

/** A registered scheduler; say only what matters: `aScheduler().running().silentFor('12m').build()`. */
export function aScheduler(schedulerId = 'service-a-eod'): SchedulerBuilder {
  return new SchedulerBuilder(schedulerId);
}

class SchedulerBuilder {
  private now = new Date('2026-03-02T17:00:00.000Z');
  private fields: Partial<Scheduler> = {};

  constructor(private readonly schedulerId: string) {}

  /** The moment to which `silentFor` and the like refer; call it first. */
  at(now: Date | string): this {
    this.now = new Date(now);
    return this;
  }

  with(fields: Partial<Scheduler>): this {
    this.fields = { ...this.fields, ...fields };
    return this;
  }

  running(since: Date | string = this.now): this {
    const startedAt = new Date(since);
    const openRuns = [{ runId: null, startedAt }];
    return this.in('running', startedAt).with({ startedAt, openRuns, lastHeartbeat: startedAt });
  }

  completed(at: Date | string = this.now, executionTimeMs = 15_000): this {
    const startedAt = new Date(new Date(at).getTime() - executionTimeMs);
    return this.in('completed', at).with({ executionTimeMs, executionTimeSource: 'reported', startedAt });
  }

  failed(errorMessage = 'boom', at: Date | string = this.now): this {
    return this.in('failed', at).with({ errorMessage });
  }

  silentFor(duration: string): this {
    return this.with({ lastHeartbeat: new Date(this.now.getTime() - toMs(duration)) });
  }

  build(): Scheduler {
    return {
      schedulerId: this.schedulerId,
      serviceName: 'Service A',
      jobName: 'EOD Processing',
      ownerEmail: null,
      alertUserId: null,
      tags: [],
      heartbeatTimeoutMinutes: null,
      windows: [],
      status: 'pending',
      statusAt: null,
      executionTimeMs: null,
      executionTimeSource: null,
      errorMessage: null,
      metadata: null,
      runId: null,
      startedAt: null,
      openRuns: [],
      currentEntryId: null,
      lastHeartbeat: null,
      staleAlertId: null,
      createdAt: this.now,
      updatedAt: this.now,
      removedAt: null,
      version: 1,
      ...this.fields,
    };
  }

  private in(status: SchedulerStatus, at: Date | string): this {
    return this.with({ status, statusAt: new Date(at) });
  }
}
