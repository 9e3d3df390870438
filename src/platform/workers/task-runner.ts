import { setMaxListeners } from 'node:events';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import type { Clock } from '../../domain/shared/clock';
import type { LeaseRepository } from '../../domain/shared/lease';
import { AbortScope } from './abort-scope';
import { holdLease } from './hold-lease';
import type { Task, TaskOutcome, TaskReport } from './task';

/** What the runner tells the world about a run. */
export interface TaskObserver {
  finished(task: string, outcome: TaskOutcome, durationMs: number): void;
  failed(task: string, error: unknown): void;
}

export interface TaskRunnerOptions {
  readonly tasks: readonly Task[];
  /** Names of the tasks that run on this instance. */
  readonly enabled: ReadonlySet<string>;
  /** Names this instance in leases. */
  readonly instanceId: string;
  readonly clock: Clock;
  readonly leases: LeaseRepository;
  readonly registry: SchedulerRegistry;
  readonly observer: TaskObserver;
}

/** A dead instance's task is taken over after this long. */
const LEASE_TTL_MS = 30_000;

interface TaskState {
  nudged: boolean;
  running: Promise<void> | null;
  startedAt: Date | null;
  durationMs: number | null;
  outcome: TaskOutcome | null;
  error: string | null;
  runs: number;
  failures: number;
}

/**
 * Runs the tasks in time, each at most once at a time here and, by lease, once among all instances.
 * A task that throws is logged and counted and has its next turn; it never takes the process down.
 */
export class TaskRunner {
  private readonly states = new Map<string, TaskState>();
  private readonly stopping = new AbortController();

  constructor(private readonly options: TaskRunnerOptions) {
    setMaxListeners(0, this.stopping.signal);
    for (const task of options.tasks) this.states.set(task.name, freshState());
  }

  /** Gives every enabled task its place in the schedule registry. */
  start(): void {
    for (const task of this.options.tasks) {
      if (this.options.enabled.has(task.name)) this.enrol(task);
    }
  }

  /** Runs a task now unless it is running; resolves when that run has ended. It never rejects. */
  async trigger(name: string): Promise<void> {
    const task = this.options.tasks.find((candidate) => candidate.name === name);
    if (task === undefined) throw new Error(`no task is called ${name}`);
    const state = this.stateOf(name);
    if (state.running !== null || this.stopping.signal.aborted) return;
    if (task.isDue?.(this.options.clock.now()) === false) return;
    state.running = this.runUntilCalm(task, state).finally(() => {
      state.running = null;
    });
    await state.running;
  }

  /** Like {@link trigger}, but when the task is running it runs once more afterwards: what happens during a run is not missed. */
  async nudge(name: string): Promise<void> {
    const state = this.stateOf(name);
    if (state.running === null) return this.trigger(name);
    state.nudged = true;
  }

  /** Begins nothing more, asks the running tasks to end and waits for them. */
  async stop(): Promise<void> {
    const { registry, enabled, tasks } = this.options;
    for (const task of tasks) {
      if (enabled.has(task.name) && registry.doesExist('cron', task.name)) registry.deleteCronJob(task.name);
      if (enabled.has(task.name) && registry.doesExist('interval', task.name))
        registry.deleteInterval(task.name);
    }
    this.stopping.abort(new Error('shutting down'));
    await Promise.all([...this.states.values()].flatMap(({ running }) => running ?? []));
  }

  reports(): readonly TaskReport[] {
    return this.options.tasks.map((task) => {
      const state = this.stateOf(task.name);
      return {
        name: task.name,
        enabled: this.options.enabled.has(task.name),
        running: state.running !== null,
        lastStartedAt: state.startedAt,
        lastDurationMs: state.durationMs,
        lastOutcome: state.outcome,
        lastError: state.error,
        nextRunAt: this.nextRunAt(task, state),
        runs: state.runs,
        failures: state.failures,
      };
    });
  }

  private enrol(task: Task): void {
    const { registry } = this.options;
    const tick = () => void this.trigger(task.name);
    if ('everyMs' in task.schedule) {
      registry.addInterval(task.name, setInterval(tick, task.schedule.everyMs));
      return;
    }
    const { cron, timeZone } = task.schedule;
    const job = CronJob.from({ cronTime: cron, timeZone, onTick: tick, start: false });
    registry.addCronJob(task.name, job);
    job.start();
  }

  private async runUntilCalm(task: Task, state: TaskState): Promise<void> {
    do {
      state.nudged = false;
      await this.run(task, state);
    } while (state.nudged && !this.stopping.signal.aborted);
  }

  private async run(task: Task, state: TaskState): Promise<void> {
    const { clock, observer } = this.options;
    const began = clock.monotonicMs();
    state.startedAt = clock.now();
    state.error = null;
    state.runs++;
    try {
      state.outcome = await this.attempt(task);
    } catch (error) {
      state.outcome = 'failed';
      state.error = error instanceof Error ? error.message : String(error);
      observer.failed(task.name, error);
    }
    if (state.outcome === 'failed' || state.outcome === 'timed_out') state.failures++;
    state.durationMs = clock.monotonicMs() - began;
    observer.finished(task.name, state.outcome, state.durationMs);
  }

  private async attempt(task: Task): Promise<TaskOutcome> {
    const { clock, leases, instanceId } = this.options;
    const scope = new AbortScope(this.stopping.signal);
    const ended = new AbortController();
    let timedOut = false;
    void clock.sleep(task.timeoutMs, ended.signal).then(() => {
      if (ended.signal.aborted) return;
      timedOut = true;
      scope.abort(new Error(`${task.name} took longer than ${task.timeoutMs} ms`));
    });
    try {
      const work = (until: AbortSignal) => task.run(clock.now(), until);
      const request = {
        name: `worker:${task.name}`,
        owner: instanceId,
        ttlMs: LEASE_TTL_MS,
        signal: scope.signal,
      };
      const held = task.leased
        ? await holdLease(leases, clock, request, work)
        : await work(scope.signal).then(() => true);
      if (timedOut) return 'timed_out';
      return held ? 'done' : 'held_elsewhere';
    } finally {
      ended.abort();
      scope.close();
    }
  }

  private nextRunAt(task: Task, state: TaskState): Date | null {
    const { registry, enabled, clock } = this.options;
    if (!enabled.has(task.name)) return null;
    if ('everyMs' in task.schedule) {
      return new Date((state.startedAt ?? clock.now()).getTime() + task.schedule.everyMs);
    }
    return registry.doesExist('cron', task.name)
      ? registry.getCronJob(task.name).nextDate().toJSDate()
      : null;
  }

  private stateOf(name: string): TaskState {
    const state = this.states.get(name);
    if (state === undefined) throw new Error(`no task is called ${name}`);
    return state;
  }
}

function freshState(): TaskState {
  return {
    nudged: false,
    running: null,
    startedAt: null,
    durationMs: null,
    outcome: null,
    error: null,
    runs: 0,
    failures: 0,
  };
}
