import type { Scheduler } from '../../../domain/schedulers/scheduler';
import type { Commit, Write } from './commit';
import { schedulerMapping } from './documents/scheduler.document';
import { heartbeatOp } from './journal-line';
import { Table, type ChangeListener } from './table';

/** Milliseconds since 1970; changed in place, so that the most frequent write leaves nothing to be collected. */
interface Beat {
  atMs: number;
}

interface StagedBeat {
  readonly atMs: number;
  readonly commit: Commit;
}

/**
 * Schedulers with their heartbeats, which come far more often than anything else and never contradict each other. They are kept beside the records; a record
 * takes in the newest when it is read.
 */
export class SchedulerTable extends Table<Scheduler> {
  private readonly beats = new Map<string, Beat>();
  private readonly stagedBeats = new Map<string, StagedBeat>();

  constructor(onChange: ChangeListener<Scheduler>) {
    super('schedulers', schedulerMapping, onChange);
  }

  override get(schedulerId: string): Scheduler | undefined {
    const scheduler = super.get(schedulerId);
    if (scheduler === undefined) return undefined;
    const heard = withHeartbeat(scheduler, this.beats.get(schedulerId)?.atMs);
    if (heard !== scheduler) this.set(schedulerId, heard);
    return heard;
  }

  override head(schedulerId: string): Scheduler | undefined {
    const scheduler = this.headBesidesHeartbeats(schedulerId);
    if (scheduler === undefined) return undefined;
    const heard = withHeartbeat(scheduler, this.beats.get(schedulerId)?.atMs);
    return withHeartbeat(heard, this.stagedBeats.get(schedulerId)?.atMs);
  }

  /** The head with a last heartbeat that may be out of date. */
  headBesidesHeartbeats(schedulerId: string): Scheduler | undefined {
    return super.head(schedulerId);
  }

  override async settled(schedulerId: string): Promise<void> {
    await super.settled(schedulerId);
    await this.stagedBeats.get(schedulerId)?.commit.settled();
  }

  /** Moves the last heartbeat forward to `at`, never back. */
  heartbeat(schedulerId: string, at: Date): Write {
    const atMs = at.getTime();
    return {
      op: heartbeatOp(schedulerId, at),
      stage: (commit) => {
        const staged = this.stagedBeats.get(schedulerId);
        this.stagedBeats.set(schedulerId, { atMs: Math.max(atMs, staged?.atMs ?? atMs), commit });
      },
      apply: (commit) => {
        if (this.stagedBeats.get(schedulerId)?.commit === commit) this.stagedBeats.delete(schedulerId);
        this.hear(schedulerId, atMs);
      },
    };
  }

  hear(schedulerId: string, atMs: number): void {
    const beat = this.beats.get(schedulerId);
    if (beat === undefined) this.beats.set(schedulerId, { atMs });
    else if (atMs > beat.atMs) beat.atMs = atMs;
  }

  override dropStaged(): void {
    super.dropStaged();
    this.stagedBeats.clear();
  }

  override copy(): Iterable<string> {
    for (const schedulerId of this.beats.keys()) this.get(schedulerId);
    return super.copy();
  }
}

/** The scheduler with its last sign of life moved forward, never back. */
export function withHeartbeat(scheduler: Scheduler, atMs: number | undefined): Scheduler {
  const { lastHeartbeat } = scheduler;
  if (atMs === undefined || (lastHeartbeat !== null && lastHeartbeat.getTime() >= atMs)) return scheduler;
  return { ...scheduler, lastHeartbeat: new Date(atMs) };
}
