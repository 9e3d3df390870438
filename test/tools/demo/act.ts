import type { DemoCell, DemoScheduler } from './cast';

/** What a service does; `silent` is that it hangs: nothing is sent. */
export interface SchedulerAct {
  /** Since the curtain rose. */
  readonly atMs: number;
  readonly kind: 'running' | 'heartbeat' | 'completed' | 'failed' | 'silent';
  readonly scheduler: DemoScheduler;
  readonly runId: string;
}

/** One job in EPM. */
export interface CellRun {
  readonly cell: DemoCell;
  /** The how many-th of its cell, from 1. */
  readonly number: number;
  readonly outcome: 'OK' | 'Warning';
  /** Whether EPM pushes its end; else Vesper has to find out. */
  readonly told: boolean;
}

/** A job begins in EPM, which is always pushed, or ends there. */
export interface CellAct {
  readonly atMs: number;
  readonly kind: 'job-begins' | 'job-ends';
  readonly run: CellRun;
}

export type Act = SchedulerAct | CellAct;
