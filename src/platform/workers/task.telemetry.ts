import type { Clock } from '../../domain/shared/clock';
import type { Log } from '../logging/log';
import type { Metrics } from '../metrics/metrics';
import type { TaskOutcome } from './task';
import type { TaskObserver } from './task-runner';

export class TaskTelemetry implements TaskObserver {
  constructor(
    private readonly metrics: Metrics,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {}

  finished(task: string, outcome: TaskOutcome, durationMs: number): void {
    this.metrics.workerRuns.inc({ worker: task, outcome });
    this.metrics.workerLastRun.set({ worker: task }, this.clock.now().getTime() / 1_000);
    this.metrics.workerLastDuration.set({ worker: task }, durationMs / 1_000);
    if (outcome === 'timed_out')
      this.log.error({ worker: task, duration_ms: durationMs }, 'a background job took too long');
  }

  failed(task: string, error: unknown): void {
    this.log.error({ worker: task, err: error }, 'a background job failed; it runs again at its next turn');
  }
}
