import { SchedulerRegistry } from '@nestjs/schedule';
import { FakeClock } from '../../../test/fakes/fake-clock';
import { MemoryLeases } from '../../../test/fakes/memory-leases';
import type { Task, TaskOutcome } from './task';
import { TaskRunner } from './task-runner';

describe('TaskRunner', () => {
  let clock: FakeClock;
  let leases: MemoryLeases;
  let outcomes: [string, TaskOutcome][];
  let errors: unknown[];

  beforeEach(() => {
    clock = new FakeClock();
    leases = new MemoryLeases();
    outcomes = [];
    errors = [];
  });

  function runnerOf(task: Partial<Task>, instanceId = 'a'): TaskRunner {
    const whole: Task = {
      name: 'job',
      schedule: { everyMs: 60_000 },
      timeoutMs: 1_000,
      leased: true,
      run: async () => {},
      ...task,
    };
    return new TaskRunner({
      tasks: [whole],
      enabled: new Set(['job']),
      instanceId,
      clock,
      leases,
      registry: new SchedulerRegistry(),
      observer: {
        finished: (name, outcome) => outcomes.push([name, outcome]),
        failed: (_, error) => errors.push(error),
      },
    });
  }

  it('survives a task that throws, counts it and runs it again at its next turn', async () => {
    let runs = 0;
    const runner = runnerOf({
      run: async () => {
        if (++runs === 1) throw new Error('broken');
      },
    });
    await runner.trigger('job');
    expect(runner.reports()[0]).toMatchObject({
      lastOutcome: 'failed',
      lastError: 'broken',
      failures: 1,
      runs: 1,
    });
    await runner.trigger('job');
    expect(runner.reports()[0]).toMatchObject({ lastOutcome: 'done', lastError: null, failures: 1, runs: 2 });
    expect(errors).toHaveLength(1);
  });

  it('does not run a task again while it runs', async () => {
    let running = 0;
    let most = 0;
    let finish = () => {};
    const runner = runnerOf({
      run: async () => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => (finish = resolve));
        running--;
      },
    });
    const first = runner.trigger('job');
    await clock.advance(0);
    await runner.trigger('job');
    finish();
    await first;
    expect(most).toBe(1);
    expect(runner.reports()[0]?.runs).toBe(1);
  });

  it('runs once more when it was nudged during a run', async () => {
    const finishes: (() => void)[] = [];
    const runner = runnerOf({ run: () => new Promise((resolve) => finishes.push(resolve)) });
    const first = runner.trigger('job');
    await clock.advance(0);
    await runner.nudge('job');
    await runner.nudge('job');
    finishes[0]?.();
    await clock.advance(0);
    finishes[1]?.();
    await first;
    expect(runner.reports()[0]?.runs).toBe(2);
  });

  it('tells a task that takes too long to end', async () => {
    const runner = runnerOf({
      run: (_, { signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    });
    const run = runner.trigger('job');
    await clock.advance('1s');
    await run;
    expect(outcomes).toEqual([['job', 'timed_out']]);
  });

  it('reports a task that does not heed its signal, leaves it alone and lets others have its lease', async () => {
    const runner = runnerOf({ run: () => new Promise(() => {}) });
    void runner.trigger('job');
    await clock.advance('1s');
    expect(runner.reports()[0]).toMatchObject({ running: true, lastOutcome: 'timed_out', failures: 1 });
    await clock.advance('1m');
    const other = runnerOf({}, 'b');
    await other.trigger('job');
    expect(other.reports()[0]?.lastOutcome).toBe('done');
  });

  it('does a task once an interval among all instances', async () => {
    await runnerOf({ onceInMs: 54_000 }, 'a').trigger('job');
    const other = runnerOf({ onceInMs: 54_000 }, 'b');
    await other.trigger('job');
    expect(other.reports()[0]?.lastOutcome).toBe('held_elsewhere');
    await clock.advance('54s');
    await other.trigger('job');
    expect(other.reports()[0]?.lastOutcome).toBe('done');
  });

  it('leaves a task to the instance that holds its lease', async () => {
    let finish = () => {};
    const first = runnerOf({ run: () => new Promise((resolve) => (finish = resolve)) }, 'a').trigger('job');
    await clock.advance(0);
    const other = runnerOf({ run: () => Promise.reject(new Error('must not run')) }, 'b');
    await other.trigger('job');
    expect(other.reports()[0]?.lastOutcome).toBe('held_elsewhere');
    finish();
    await first;
  });

  it('asks for no lease while there is nothing to do', async () => {
    leases.down = true;
    const runner = runnerOf({ isDue: () => false });
    await runner.trigger('job');
    expect(runner.reports()[0]).toMatchObject({ runs: 0, failures: 0 });
  });

  it('counts a storage that does not answer as a failed run', async () => {
    leases.down = true;
    const runner = runnerOf({});
    await runner.trigger('job');
    expect(runner.reports()[0]).toMatchObject({
      lastOutcome: 'failed',
      lastError: 'the storage does not answer',
    });
  });

  it('stops: the running task is told, waited for, and nothing begins any more', async () => {
    let ended = false;
    const runner = runnerOf({
      run: async (_, { signal }) => {
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        );
        ended = true;
      },
    });
    runner.start();
    void runner.trigger('job');
    await clock.advance(0);
    await runner.stop();
    expect(ended).toBe(true);
    await runner.trigger('job');
    expect(runner.reports()[0]?.runs).toBe(1);
  });

  it('says when a cron task runs next in its zone', () => {
    const runner = runnerOf({ schedule: { cron: '0 0 12 * * *', timeZone: 'Asia/Jakarta' } });
    runner.start();
    expect(runner.reports()[0]?.nextRunAt?.toISOString()).toMatch(/T05:00:00\.000Z$/);
    void runner.stop();
  });
});
