import type { Scheduler } from '../../../domain/schedulers/scheduler';
import type { Commit, Write } from './commit';
import { schedulerMapping } from './documents/scheduler.document';
import { heartbeatOp } from './journal-line';
import { CorruptJournal } from './storage.errors';
import { Table, type ChangeListener } from './table';

/** Last signs of life in milliseconds since 1970; changed in place, so that the most frequent write leaves nothing to be collected. */
interface Beat {
  durableMs: number;
  stagedMs: number;
  commit: Commit | null;
}

/**
 * Schedulers with their heartbeats, which come far more often than anything else and never contradict each other. They are kept beside the records; a record
 * takes in the newest when it is read.
 */
export class SchedulerTable extends Table<Scheduler> {
  private readonly beats = new Map<string, Beat>();

  constructor(onChange: ChangeListener<Scheduler>) {
    super('schedulers', schedulerMapping, onChange);
  }

  override get(schedulerId: string): Scheduler | undefined {
    const scheduler = super.get(schedulerId);
    const beat = this.beats.get(schedulerId);
    if (scheduler === undefined || beat === undefined) return scheduler;
    const heard = withHeartbeat(scheduler, beat.durableMs);
    if (heard !== scheduler) this.set(schedulerId, heard);
    return heard;
  }

  override head(schedulerId: string): Scheduler | undefined {
    const scheduler = this.headBesidesHeartbeats(schedulerId);
    const beat = this.beats.get(schedulerId);
    return scheduler === undefined || beat === undefined
      ? scheduler
      : withHeartbeat(scheduler, beat.stagedMs);
  }

  /** The head with a last heartbeat that may be out of date. */
  headBesidesHeartbeats(schedulerId: string): Scheduler | undefined {
    return super.head(schedulerId);
  }

  /** Moves the last heartbeat forward to `at`, never back. */
  heartbeat(schedulerId: string, at: Date): Write {
    const atMs = at.getTime();
    const beat = this.beatOf(schedulerId);
    return {
      op: heartbeatOp(schedulerId, at),
      stage: (commit) => {
        beat.stagedMs = Math.max(atMs, beat.stagedMs);
        beat.commit = commit;
      },
      apply: (commit) => {
        beat.durableMs = Math.max(atMs, beat.durableMs);
        if (beat.commit === commit) beat.commit = null;
      },
      drop: () => {
        beat.stagedMs = beat.durableMs;
        beat.commit = null;
      },
    };
  }

  /** A heartbeat from a journal. @throws CorruptJournal for a scheduler that it does not hold */
  restoreHeartbeat(schedulerId: string, at: string): void {
    if (!this.beats.has(schedulerId) && super.get(schedulerId) === undefined)
      throw new CorruptJournal(`a journal holds a heartbeat of ${schedulerId}, which was never registered`);
    const beat = this.beatOf(schedulerId);
    beat.durableMs = beat.stagedMs = Math.max(Date.parse(at), beat.durableMs);
  }

  override copy(): Iterable<string> {
    for (const schedulerId of this.beats.keys()) this.get(schedulerId);
    return super.copy();
  }

  protected override commitAt(schedulerId: string): Commit | null {
    return super.commitAt(schedulerId) ?? this.beats.get(schedulerId)?.commit ?? null;
  }

  private beatOf(schedulerId: string): Beat {
    let beat = this.beats.get(schedulerId);
    if (beat === undefined) {
      beat = { durableMs: -Infinity, stagedMs: -Infinity, commit: null };
      this.beats.set(schedulerId, beat);
    }
    return beat;
  }
}

/** The scheduler with its last sign of life moved forward, never back. */
export function withHeartbeat(scheduler: Scheduler, atMs: number): Scheduler {
  const { lastHeartbeat } = scheduler;
  if (atMs === -Infinity || (lastHeartbeat !== null && lastHeartbeat.getTime() >= atMs)) return scheduler;
  return { ...scheduler, lastHeartbeat: new Date(atMs) };
}
