import type { AlertChange } from '../../../domain/alerts/alert-change';
import type { RemovalDecision } from '../../../domain/schedulers/decide-removal';
import type { SilenceDecision } from '../../../domain/schedulers/decide-silence';
import type { StatusDecision } from '../../../domain/schedulers/decide-status-update';
import { historySortKey, type HistoryEntry } from '../../../domain/schedulers/history-entry';
import { listSortKey, type Scheduler } from '../../../domain/schedulers/scheduler';
import {
  failureDedupKey,
  staleDedupKey,
  type SchedulerAlertSlots,
} from '../../../domain/schedulers/scheduler-alerts';
import { matchesFilter, type SchedulerFilter } from '../../../domain/schedulers/scheduler-filter';
import { SchedulerNotFound } from '../../../domain/schedulers/scheduler.errors';
import type {
  HeartbeatReceipt,
  HistoryQuery,
  SchedulerRepository,
} from '../../../domain/schedulers/scheduler.repository';
import type { Page, PageRequest } from '../../../domain/shared/page';
import { alertWrites, changedSlot } from './alert-writes';
import type { Write } from './commit';
import type { Journal } from './journal';
import type { JsonState } from './json-state';
import { toPage } from './paging';
import { withHeartbeat } from './scheduler-table';

const SCAN_BATCH = 500;
const ALIVE: HeartbeatReceipt = { endsSilence: false };
const HEARD_AGAIN: HeartbeatReceipt = { endsSilence: true };

interface DecisionRules {
  /** Whether a heartbeat that is stored by now contradicts the decision. */
  readonly isOvertaken: (stored: Scheduler) => boolean;
  /** What else belongs to the same commit. */
  readonly others?: () => readonly Write[];
}

export class JsonSchedulerRepository implements SchedulerRepository {
  constructor(
    private readonly state: JsonState,
    private readonly journal: Journal,
  ) {}

  async find(schedulerId: string): Promise<Scheduler | null> {
    return this.state.schedulers.get(schedulerId) ?? null;
  }

  async findWithAlerts(
    schedulerId: string,
  ): Promise<{ scheduler: Scheduler; slots: SchedulerAlertSlots } | null> {
    const scheduler = this.state.schedulers.get(schedulerId);
    if (scheduler === undefined) return null;
    const failure = this.state.slot(failureDedupKey(schedulerId));
    const stale = this.state.slot(staleDedupKey(schedulerId));
    return { scheduler, slots: { failure, stale } };
  }

  async list(filter: SchedulerFilter, { limit, after }: PageRequest): Promise<Page<Scheduler>> {
    const found: Scheduler[] = [];
    for (const id of this.state.listOrder.after(after)) {
      if (found.length > limit) break;
      const scheduler = this.state.schedulers.get(id);
      if (scheduler !== undefined && matchesFilter(scheduler, filter)) found.push(scheduler);
    }
    return toPage(found, limit, listSortKey);
  }

  async *scanAll(): AsyncIterable<readonly Scheduler[]> {
    yield* this.inBatches([...this.state.listOrder.after(null)]);
  }

  async *scanRunning(): AsyncIterable<readonly Scheduler[]> {
    yield* this.inBatches([...this.state.running]);
  }

  async recordRegistration(scheduler: Scheduler): Promise<void> {
    const { schedulers } = this.state;
    const { schedulerId } = scheduler;
    const stored = schedulers.head(schedulerId);
    if (!follows(scheduler, stored)) throw await schedulers.conflictAt(schedulerId);
    const next = withHeartbeat(scheduler, stored?.lastHeartbeat?.getTime() ?? -Infinity);
    await this.journal.commit([schedulers.put(schedulerId, next)], undefined);
  }

  recordHeartbeat(schedulerId: string, at: Date): Promise<HeartbeatReceipt> {
    const { schedulers } = this.state;
    const stored = schedulers.headBesidesHeartbeats(schedulerId);
    if (stored === undefined || stored.removedAt !== null) return this.refuseHeartbeat(schedulerId, at);
    const receipt = stored.staleAlertId === null ? ALIVE : HEARD_AGAIN;
    return this.journal.commit([schedulers.heartbeat(schedulerId, at)], receipt);
  }

  async recordStatus(decision: StatusDecision): Promise<'recorded' | 'duplicate'> {
    const { scheduler, entry, alertChanges } = decision;
    const { schedulers, archives } = this.state;
    const statusAt = schedulers.head(scheduler.schedulerId)?.statusAt ?? null;
    // An entry that is there already is not newer than the current status. If it is being written at this moment, the version below refuses this one.
    if (statusAt !== null && entry.timestamp <= statusAt && (await archives.history.has(entry)))
      return 'duplicate';
    await this.commitDecision(scheduler, alertChanges, {
      isOvertaken: (stored) => isAfter(stored.lastHeartbeat, scheduler.lastHeartbeat),
      others: () => [archives.history.append(entry)],
    });
    return 'recorded';
  }

  async recordSilence({ scheduler, alertChanges }: SilenceDecision): Promise<void> {
    await this.commitDecision(scheduler, alertChanges, {
      isOvertaken: (stored) => stored.lastHeartbeat?.getTime() !== scheduler.lastHeartbeat?.getTime(),
    });
  }

  async recordRemoval({ scheduler, alertChanges }: RemovalDecision): Promise<void> {
    await this.commitDecision(scheduler, alertChanges, { isOvertaken: () => false });
  }

  async listHistory(query: HistoryQuery, { limit, after }: PageRequest): Promise<Page<HistoryEntry>> {
    const { schedulerId, from, to, status } = query;
    const found = await this.state.archives.history.list({
      bucketKey: schedulerId,
      texts: [`"schedulerId":${JSON.stringify(schedulerId)}`],
      matches: (entry) =>
        entry.schedulerId === schedulerId &&
        entry.timestamp >= from &&
        (to === null || entry.timestamp <= to) &&
        (status === null || entry.status === status),
      before: after,
      from,
      to,
      limit: limit + 1,
      besides: [],
    });
    return toPage(found, limit, historySortKey);
  }

  /** A scheduler is gone in the eyes of the caller only once that is durable. */
  private async refuseHeartbeat(schedulerId: string, at: Date): Promise<HeartbeatReceipt> {
    const { schedulers } = this.state;
    if (!schedulers.isStaged(schedulerId)) throw new SchedulerNotFound(schedulerId);
    await schedulers.settled(schedulerId);
    return this.recordHeartbeat(schedulerId, at);
  }

  private async commitDecision(
    scheduler: Scheduler,
    alertChanges: readonly AlertChange[],
    { isOvertaken, others = () => [] }: DecisionRules,
  ): Promise<void> {
    const { schedulers, slots } = this.state;
    const { schedulerId } = scheduler;
    const stored = schedulers.head(schedulerId);
    if (stored === undefined || !follows(scheduler, stored) || isOvertaken(stored))
      throw await schedulers.conflictAt(schedulerId);
    const slot = changedSlot(this.state, alertChanges);
    if (slot !== null) throw await slots.conflictAt(slot);
    const writes = [
      schedulers.put(schedulerId, withHeartbeat(scheduler, stored.lastHeartbeat?.getTime() ?? -Infinity)),
      ...others(),
      ...alertChanges.flatMap((change) => alertWrites(this.state, change)),
    ];
    await this.journal.commit(writes, undefined);
  }

  private *inBatches(ids: readonly string[]): Generator<readonly Scheduler[]> {
    for (let from = 0; from < ids.length; from += SCAN_BATCH) {
      const batch = ids.slice(from, from + SCAN_BATCH).map((id) => this.state.schedulers.get(id));
      yield batch.filter(
        (scheduler) => scheduler !== undefined && scheduler.removedAt === null,
      ) as Scheduler[];
    }
  }
}

/** Whether the decision was made on what is stored. */
function follows(next: Scheduler, stored: Scheduler | undefined): boolean {
  return (stored?.version ?? 0) === next.version - 1;
}

function isAfter(a: Date | null, b: Date | null): boolean {
  return a !== null && (b === null || a > b);
}
