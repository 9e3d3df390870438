import { setMaxListeners } from 'node:events';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import type { Clock } from '../../domain/shared/clock';
import type { LeaseRepository } from '../../domain/shared/lease';
import { AbortScope } from './abort-scope';
import { holdLease, type Hold } from './hold-lease';
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

/** Of the ten seconds that a stop may take (spec 70). */
const LONGEST_STOP_MS = 7_000;

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

  /** Begins nothing more, asks the running tasks to end and waits for them, for a while. */
  async stop(): Promise<void> {
    const { registry, enabled, tasks } = this.options;
    for (const task of tasks) {
      if (enabled.has(task.name) && registry.doesExist('cron', task.name)) registry.deleteCronJob(task.name);
      if (enabled.has(task.name) && registry.doesExist('interval', task.name))
        registry.deleteInterval(task.name);
    }
    this.stopping.abort(new Error('shutting down'));
    const running = Promise.all([...this.states.values()].flatMap((state) => state.running ?? []));
    const ended = new AbortController();
    await Promise.race([running, this.options.clock.sleep(LONGEST_STOP_MS, ended.signal)]);
    ended.abort();
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

  /** Ends with the work, however long that takes; but work that takes too long is told so and reported at once. */
  private async run(task: Task, state: TaskState): Promise<void> {
    const { clock } = this.options;
    const began = clock.monotonicMs();
    state.startedAt = clock.now();
    state.error = null;
    state.runs++;
    const scope = new AbortScope(this.stopping.signal);
    const ended = new AbortController();
    let concluded = false;
    const conclude = (outcome: TaskOutcome, error?: unknown) => {
      if (!concluded) this.conclude(task, state, outcome, clock.monotonicMs() - began, error);
      concluded = true;
    };
    void clock.sleep(task.timeoutMs, ended.signal).then(() => {
      if (ended.signal.aborted) return;
      scope.abort(new Error(`${task.name} took longer than ${task.timeoutMs} ms`));
      conclude('timed_out');
    });
    try {
      conclude(await this.attempt(task, scope.signal));
    } catch (error) {
      conclude('failed', error);
    } finally {
      ended.abort();
      scope.close();
    }
  }

  private async attempt(task: Task, signal: AbortSignal): Promise<TaskOutcome> {
    const { clock, leases, instanceId } = this.options;
    const work = (hold: Hold) => task.run(clock.now(), hold);
    if (!task.leased) {
      await work({ signal, isHeld: () => true });
      return 'done';
    }
    const request = {
      name: `worker:${task.name}`,
      owner: instanceId,
      ttlMs: LEASE_TTL_MS,
      signal,
      keepForMs: task.onceInMs ?? 0,
    };
    if (await holdLease(leases, clock, request, work)) return 'done';
    task.heldElsewhere?.();
    return 'held_elsewhere';
  }

  private conclude(
    task: Task,
    state: TaskState,
    outcome: TaskOutcome,
    durationMs: number,
    error?: unknown,
  ): void {
    state.outcome = outcome;
    state.durationMs = durationMs;
    if (outcome === 'failed' || outcome === 'timed_out') state.failures++;
    if (outcome === 'failed') {
      state.error = error instanceof Error ? error.message : String(error);
      this.options.observer.failed(task.name, error);
    }
    this.options.observer.finished(task.name, outcome, durationMs);
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
