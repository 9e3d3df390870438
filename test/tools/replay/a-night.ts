import type { PlanSettings } from './plan';
import type { Job, SchedulerSpec, Workload } from './workload';

export const MINUTE = 60_000;
const NIGHT_START = new Date('1993-10-12T07:00:00.000Z');

/** A six-hour night at speed 60 with nothing drawn, unless told otherwise. */
export function settings(changes: Partial<PlanSettings> = {}): PlanSettings {
  return {
    nightStart: NIGHT_START,
    nightMs: 360 * MINUTE,
    speed: 60,
    failedShare: 0,
    silentShare: 0,
    seed: 1,
    heartbeatMs: 5 * MINUTE,
    staleMs: 10 * MINUTE,
    maxSchedulers: null,
    ...changes,
  };
}

/** A workload of runs given as [scheduler, start minute, minutes it takes]; run ids count from 1. */
export function workloadOf(
  runs: readonly (readonly [id: string, start: number, minutes: number])[],
): Workload {
  const jobs = runs.map(([schedulerId, start, minutes], index): Job => ({
    runId: String(index + 1),
    schedulerId,
    startAt: new Date(NIGHT_START.getTime() + start * MINUTE),
    runTimeMs: minutes * MINUTE,
    metadata: { user: 1 },
  }));
  const ids = [...new Set(runs.map(([id]) => id))];
  return { schedulers: ids.map(schedulerOf), jobs };
}

export function schedulerOf(schedulerId: string): SchedulerSpec {
  return {
    schedulerId,
    serviceName: 'Service',
    jobName: `Job ${schedulerId}`,
    ownerEmail: null,
    tags: ['replay'],
  };
}
