import type { Hold } from './hold-lease';

/** When a task's turn comes: by a cron expression with seconds in an IANA zone, or each so many milliseconds. */
export type TaskSchedule =
  { readonly cron: string; readonly timeZone: string } | { readonly everyMs: number };

/** A recurring job of Vesper itself. It may run twice without harm; lease, overlap, timeout, metrics and `WORKERS` belong to the runner. */
export interface Task {
  /** As in `WORKERS`, metrics and `GET /workers`. */
  readonly name: string;
  readonly schedule: TaskSchedule;
  /** After this its signal is aborted. */
  readonly timeoutMs: number;
  /** Whether one instance at a time does it. `false` only for a task that keeps the others away by itself. */
  readonly leased: boolean;
  /** After it was done well no other instance does it again until this long after its begin; absent: for no longer than it takes. */
  readonly onceInMs?: number;
  /** A free look (no I/O) whether there may be something to do; the lease is not asked for otherwise. */
  isDue?(now: Date): boolean;
  /** @param hold its signal is aborted at the timeout, when the lease is lost, and at shutdown: begin nothing new then */
  run(now: Date, hold: Hold): Promise<void>;
  /** Another instance has the turn. */
  heldElsewhere?(): void;
}

/** The tasks of this installation; assembled in app.module.ts. */
export type Tasks = readonly Task[];
export const Tasks = Symbol('Tasks');

export type TaskOutcome = 'done' | 'failed' | 'timed_out' | 'held_elsewhere';

/** What `GET /workers` and the metrics say of a task. */
export interface TaskReport {
  readonly name: string;
  readonly enabled: boolean;
  readonly running: boolean;
  readonly lastStartedAt: Date | null;
  readonly lastDurationMs: number | null;
  readonly lastOutcome: TaskOutcome | null;
  readonly lastError: string | null;
  readonly nextRunAt: Date | null;
  readonly runs: number;
  readonly failures: number;
}
