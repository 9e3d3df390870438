import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { API_KEY, VesperProcess } from '../processes/vesper-process';
import type { Emulator } from '../processes/emulator';
import type { Row } from './figures';
import type { LoadGenerator } from './load/load-generator';
import type { WorkloadKind } from './load/workload';
import type { BenchOptions } from './options';
import type { Sample, Subject } from './rounds';

/** What the phases work with. */
export interface BenchContext {
  readonly options: BenchOptions;
  readonly generator: LoadGenerator;
  /** An empty folder of this run, deleted afterwards. */
  readonly folder: string;
  /** Started when it is first asked for. */
  emulator(): Promise<Emulator>;
  /** Says what is being done, for whoever watches. */
  say(text: string): void;
}

export type Phase = (context: BenchContext) => Promise<readonly Row[]>;

/** The limit is on, and too high to be met. */
const HIGH_LIMIT = '1000000';

/** A Vesper in production mode with key check, rate limit and log, holding so many schedulers. */
export async function startVesper(
  context: BenchContext,
  name: string,
  schedulers: number,
  env: Readonly<Record<string, string>> = {},
): Promise<VesperProcess> {
  const folder = join(context.folder, name);
  mkdirSync(folder, { recursive: true });
  const vesper = await VesperProcess.start({
    env: { DATA_DIR: join(folder, 'data'), RATE_LIMIT_PER_MINUTE: HIGH_LIMIT, ...env },
    logFile: join(folder, 'vesper.log'),
  });
  if (schedulers > 0) await register(context, vesper, schedulers);
  return vesper;
}

async function register(context: BenchContext, vesper: VesperProcess, schedulers: number): Promise<void> {
  context.say(`registering ${schedulers.toLocaleString('en')} schedulers`);
  await context.generator.play({
    kind: 'register',
    target: { port: vesper.port, apiKey: API_KEY },
    schedulers,
    connections: context.options.connections,
    seconds: null,
  });
}

export interface LoadOn {
  readonly name: string;
  readonly kind: WorkloadKind;
  readonly port: number;
  readonly pid: number | null;
  readonly schedulers: number;
  readonly connections?: number;
}

/** One kind of request against one server, as a subject of comparison. */
export function loadOn(
  context: BenchContext,
  { name, kind, port, pid, schedulers, connections }: LoadOn,
): Subject {
  const { generator, options } = context;
  return {
    name,
    pid,
    measure: (): Promise<Sample> =>
      generator.play({
        kind,
        target: { port, apiKey: API_KEY },
        schedulers,
        connections: connections ?? options.connections,
        seconds: options.seconds,
      }),
  };
}
