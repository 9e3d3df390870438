import { SchedulerNotRegistered } from '../../domain/schedulers/scheduler.errors';
import type { SchedulerRepository } from '../../domain/schedulers/scheduler.repository';
import type { Clock } from '../../domain/shared/clock';
import { UnavailableError } from '../../domain/shared/errors';

/** How long a scheduler that was found is taken to be there; one that was removed since is found out by whoever applies the update. */
const KNOWN_FOR_MS = 60_000;
/** Some 10 MB of ids. */
const MOST_KNOWN = 100_000;
/** A request that is only to be queued does not wait longer for the storage. */
const LONGEST_LOOK_MS = 1_000;
/** After a look without an answer, the storage is not asked again for this long. */
const PAUSE_MS = 5_000;

/**
 * Tells a reporter at once that its scheduler is not registered: with a `202` it would never learn it. One read a minute for each scheduler that
 * reports; while the storage does not answer, nobody is turned away.
 */
export class KnownSchedulers {
  /** In the order in which they were found, with the end of their time on the monotonic clock. */
  private readonly untilMs = new Map<string, number>();
  private pausedUntilMs = -Infinity;

  constructor(
    private readonly schedulers: Pick<SchedulerRepository, 'find'>,
    private readonly clock: Clock,
  ) {}

  /** @throws SchedulerNotRegistered when the storage says so */
  async demandRegistered(schedulerId: string): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    if ((this.untilMs.get(schedulerId) ?? -Infinity) > nowMs || this.pausedUntilMs > nowMs) return;
    const isRegistered = await this.look(schedulerId);
    if (isRegistered === null) this.pausedUntilMs = this.clock.monotonicMs() + PAUSE_MS;
    else if (isRegistered) this.remember(schedulerId);
    else throw new SchedulerNotRegistered(schedulerId);
  }

  /** @returns `null` when there was no answer in time */
  private async look(schedulerId: string): Promise<boolean | null> {
    const answered = new AbortController();
    const answer = this.schedulers.find(schedulerId).then(
      (scheduler) => scheduler !== null && scheduler.removedAt === null,
      (error: unknown) => {
        if (error instanceof UnavailableError) return null;
        throw error;
      },
    );
    const patience = this.clock.sleep(LONGEST_LOOK_MS, answered.signal).then(() => null);
    try {
      return await Promise.race([answer, patience]);
    } finally {
      answered.abort();
    }
  }

  private remember(schedulerId: string): void {
    this.untilMs.delete(schedulerId);
    this.untilMs.set(schedulerId, this.clock.monotonicMs() + KNOWN_FOR_MS);
    const [oldest] = this.untilMs.keys();
    if (this.untilMs.size > MOST_KNOWN && oldest !== undefined) this.untilMs.delete(oldest);
  }
}
