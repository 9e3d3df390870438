import type { AlertChange } from '../../../domain/alerts/alert-change';
import type { RemovalDecision } from '../../../domain/schedulers/decide-removal';
import type { SilenceDecision } from '../../../domain/schedulers/decide-silence';
import type { StatusDecision } from '../../../domain/schedulers/decide-status-update';
import type { Scheduler } from '../../../domain/schedulers/scheduler';
import { ChangedConcurrently } from '../../../domain/shared/errors';
import { alertActions } from './alert-actions';
import { count, instant, optional, text, type Fields } from './attributes';
import { both, change, commit, put, tryCommit, versionBefore, type Action, type Condition } from './commit';
import type { DynamoConnection } from './dynamo.connection';
import { toHistoryEntryItem } from './history-entry.item';
import { profileFields, runningMark, schedulerKey, toSchedulerItem } from './scheduler.item';

const HISTORY = 'history entry';

/** The writes to a scheduler with all that follows from them, each one transaction. */
export class SchedulerCommits {
  constructor(
    private readonly connection: DynamoConnection,
    private readonly retentionDays: number,
  ) {}

  async recordRegistration(scheduler: Scheduler): Promise<void> {
    if (scheduler.version <= 1) {
      const { tables } = this.connection;
      const item = toSchedulerItem(scheduler);
      return this.commit(scheduler, [
        put('scheduler', tables.schedulers, item, versionBefore(scheduler.version)),
      ]);
    }
    const { refused } = await tryCommit(this.connection, subjectOf(scheduler), [
      this.profileChange(scheduler),
    ]);
    if (refused.length > 0) await this.commit(scheduler, [this.revival(scheduler)]);
  }

  async recordStatus({ scheduler, entry, alertChanges }: StatusDecision): Promise<'recorded' | 'duplicate'> {
    const { tables } = this.connection;
    const { refused, cause } = await tryCommit(this.connection, subjectOf(scheduler), [
      put('scheduler', tables.schedulers, toSchedulerItem(scheduler), notHeardAfter(scheduler)),
      put(HISTORY, tables.history, toHistoryEntryItem(entry, this.retentionDays), {
        expression: 'attribute_not_exists(entry_key)',
      }),
      ...this.alertActions(alertChanges),
    ]);
    if (refused.includes(HISTORY)) return 'duplicate';
    if (refused.length > 0) throw new ChangedConcurrently(subjectOf(scheduler), cause);
    return 'recorded';
  }

  async recordSilence({ scheduler, alertChanges }: SilenceDecision): Promise<void> {
    const fields = {
      stale_alert_id: optional(scheduler.staleAlertId, text),
      version: count(scheduler.version),
    };
    await this.commit(scheduler, [
      this.schedulerChange(scheduler, fields, heardLastAt(scheduler)),
      ...this.alertActions(alertChanges),
    ]);
  }

  /** A heartbeat that arrived meanwhile stays: it is not written. */
  async recordRemoval({ scheduler, alertChanges }: RemovalDecision): Promise<void> {
    const fields = {
      removed_at: optional(scheduler.removedAt, instant),
      updated_at: instant(scheduler.updatedAt),
      stale_alert_id: optional(scheduler.staleAlertId, text),
      running_shard: runningMark(scheduler),
      list_shard: null,
      list_key: null,
      version: count(scheduler.version),
    };
    await this.commit(scheduler, [
      this.schedulerChange(scheduler, fields, versionBefore(scheduler.version)),
      ...this.alertActions(alertChanges),
    ]);
  }

  /** Of a living scheduler: whatever heartbeat arrives meanwhile stays. */
  private profileChange(scheduler: Scheduler): Action {
    const fields = {
      ...profileFields(scheduler),
      updated_at: instant(scheduler.updatedAt),
      version: count(scheduler.version),
    };
    const condition = both(versionBefore(scheduler.version), 'attribute_not_exists(removed_at)');
    return this.schedulerChange(scheduler, fields, condition);
  }

  /** Of a removed one: nobody can have sent a heartbeat since, and the decision's own one counts. */
  private revival(scheduler: Scheduler): Action {
    const fields = {
      ...profileFields(scheduler),
      updated_at: instant(scheduler.updatedAt),
      version: count(scheduler.version),
      last_heartbeat: optional(scheduler.lastHeartbeat, instant),
      running_shard: runningMark(scheduler),
      removed_at: null,
    };
    const condition = both(versionBefore(scheduler.version), 'attribute_exists(removed_at)');
    return this.schedulerChange(scheduler, fields, condition);
  }

  private schedulerChange(scheduler: Scheduler, fields: Fields, condition: Condition): Action {
    const { tables } = this.connection;
    return change('scheduler', tables.schedulers, schedulerKey(scheduler.schedulerId), fields, condition);
  }

  private alertActions(changes: readonly AlertChange[]): readonly Action[] {
    return alertActions(this.connection, changes, this.retentionDays);
  }

  private commit(scheduler: Scheduler, actions: readonly Action[]): Promise<void> {
    return commit(this.connection, subjectOf(scheduler), actions);
  }
}

function subjectOf(scheduler: Scheduler): string {
  return `Scheduler ${scheduler.schedulerId}`;
}

/** The stored version is the one read, and no later heartbeat than the decision's has arrived. */
function notHeardAfter(scheduler: Scheduler): Condition {
  const never = 'attribute_not_exists(last_heartbeat)';
  return withHeartbeat(scheduler, never, `(${never} OR last_heartbeat <= :heard)`);
}

/** The stored version is the one read, and no heartbeat at all has arrived since. */
function heardLastAt(scheduler: Scheduler): Condition {
  return withHeartbeat(scheduler, 'attribute_not_exists(last_heartbeat)', 'last_heartbeat = :heard');
}

function withHeartbeat({ version, lastHeartbeat }: Scheduler, ifNever: string, otherwise: string): Condition {
  if (lastHeartbeat === null) return both(versionBefore(version), ifNever);
  return both(versionBefore(version), otherwise, { ':heard': instant(lastHeartbeat) });
}
