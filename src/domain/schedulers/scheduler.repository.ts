import type { Page, PageRequest } from '../shared/page';
import type { RemovalDecision } from './decide-removal';
import type { SilenceDecision } from './decide-silence';
import type { StatusDecision } from './decide-status-update';
import type { HistoryEntry } from './history-entry';
import type { Scheduler, SchedulerStatus } from './scheduler';
import type { SchedulerAlertSlots } from './scheduler-alerts';
import type { SchedulerFilter } from './scheduler-filter';

export interface HeartbeatReceipt {
  /** An alert about its silence was open when it came: the episode ends with it. */
  readonly endsSilence: boolean;
}

export interface HistoryQuery {
  readonly schedulerId: string;
  /** Inclusive bounds of the event time; `from` is never before the retention's start. */
  readonly from: Date;
  readonly to: Date | null;
  readonly status: SchedulerStatus | null;
}

/**
 * Schedulers with their history. Each `record…` is one atomic, durable write: it resolves only when nothing of it can be lost,
 * and rejects with {@link StorageUnavailable} when the storage does not take it.
 */
export interface SchedulerRepository {
  /** Also finds a removed one. Shows only what is durable. */
  find(schedulerId: string): Promise<Scheduler | null>;
  /** The scheduler with what is open about it, in one read. */
  findWithAlerts(schedulerId: string): Promise<{ scheduler: Scheduler; slots: SchedulerAlertSlots } | null>;
  /** Living schedulers in the order of {@link listSortKey}; `after` is such a key. */
  list(filter: SchedulerFilter, page: PageRequest): Promise<Page<Scheduler>>;
  /** All living schedulers in batches, in no order; for tables and metrics. */
  scanAll(): AsyncIterable<readonly Scheduler[]>;
  /** The running ones in batches; costs in proportion to them, not to all. May lag behind by moments. */
  scanRunning(): AsyncIterable<readonly Scheduler[]>;
  /**
   * Writes profile and removal mark and moves the last heartbeat forward to the scheduler's, nothing else: a heartbeat that
   * arrives meanwhile stays.
   * @throws ChangedConcurrently unless the stored version is one below (none stored for version 1)
   */
  recordRegistration(scheduler: Scheduler): Promise<void>;
  /**
   * One conditional write without a read. Moves the last heartbeat forward to `at`, never back.
   * @throws SchedulerNotFound when it is not registered, or removed
   */
  recordHeartbeat(schedulerId: string, at: Date): Promise<HeartbeatReceipt>;
  /**
   * @returns `duplicate` when the history holds the very entry already; then nothing is written
   * @throws ChangedConcurrently when the scheduler or one of the alert slots has changed, or a later heartbeat than the decision's is stored
   */
  recordStatus(decision: StatusDecision): Promise<'recorded' | 'duplicate'>;
  /** @throws ChangedConcurrently also when a heartbeat arrived since the scheduler was read */
  recordSilence(decision: SilenceDecision): Promise<void>;
  /** @throws ChangedConcurrently */
  recordRemoval(decision: RemovalDecision): Promise<void>;
  /** Newest first; `after` is a key of {@link historySortKey}. Never shows entries before `from`. */
  listHistory(query: HistoryQuery, page: PageRequest): Promise<Page<HistoryEntry>>;
}

export const SchedulerRepository = Symbol('SchedulerRepository');
