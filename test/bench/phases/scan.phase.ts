import { join } from 'node:path';
import { openDynamoStore } from '../../../src/adapters/persistence/dynamodb/dynamo.store';
import { openJsonStore } from '../../../src/adapters/persistence/json/json.store';
import type { Store } from '../../../src/adapters/persistence/store';
import { RandomIdSource } from '../../../src/adapters/system/random.id-source';
import { SystemClock } from '../../../src/adapters/system/system.clock';
import { emptySlot } from '../../../src/domain/alerts/alert';
import { decideRegistration } from '../../../src/domain/schedulers/decide-registration';
import { decideStatusUpdate } from '../../../src/domain/schedulers/decide-status-update';
import { failureDedupKey, staleDedupKey } from '../../../src/domain/schedulers/scheduler-alerts';
import type { SilenceService } from '../../../src/features/schedulers/silence.service';
import { StaleScanWorker } from '../../../src/features/schedulers/stale-scan.worker';
import { aScheduler } from '../../builders/a-scheduler';
import { aWindow } from '../../builders/a-window';
import { EMULATOR_ENV } from '../../drills/frame/vesper-process';
import type { BenchContext, Phase } from '../context';
import { median, ms, type Row } from '../figures';
import { namesOf, schedulerIdOf } from '../load/workload';

const RUNNING = 100;
const AIM = 2;
const TIMES = 31;
const AT_ONCE = 50;
/** For the runner, which is not here. */
const INTERVAL_MS = 60_000;

const clock = new SystemClock();
const ids = new RandomIdSource(clock);

/** The stale scan: 100 running among many, against 100 that are all running. */
export const scan: Phase = async (context) => {
  const rows = [await compare(context, 'JSON', (name) => openJson(context, name))];
  const { endpoint } = await context.emulator();
  rows.push(await compare(context, 'DynamoDB', (name) => openDynamo(endpoint, name)));
  return rows;
};

async function compare(
  context: BenchContext,
  storage: string,
  open: (name: string) => Promise<Store>,
): Promise<Row> {
  const { many } = context.options;
  context.say(`stale scan on ${storage}`);
  const small = await open('scan-few');
  const large = await open('scan-many');
  try {
    await fill(small, RUNNING);
    await fill(large, many);
    const took = await inTurns([workerOn(small), workerOn(large)]);
    const [smallMs = NaN, largeMs = NaN] = took.map(median);
    const ratio = largeMs / smallMs;
    return {
      what: `stale scan, ${storage}: ${RUNNING} running of ${many} versus of ${RUNNING}`,
      measured: `${ratio.toFixed(2)} x · ${ms(largeMs)} versus ${ms(smallMs)}`,
      aim: `<= ${AIM} x`,
      met: ratio <= AIM,
      figures: { ratio, smallMs, largeMs },
    };
  } finally {
    await Promise.all([small.close(), large.close()]);
  }
}

async function inTurns(workers: readonly StaleScanWorker[]): Promise<readonly number[][]> {
  const took = workers.map((): number[] => []);
  for (let time = 0; time < TIMES; time++) {
    for (const [index, worker] of workers.entries()) {
      const startedAt = performance.now();
      await worker.run(clock.now(), new AbortController());
      // The first scan meets code that no compiler has seen before.
      if (time > 0) took[index]?.push(performance.now() - startedAt);
    }
  }
  return took;
}

/** Everybody was heard of a moment ago, so to be asked for a review would be a fault of the scan. */
const silence = {
  review: () => Promise.reject(new Error('nobody is silent here')),
} as unknown as SilenceService;

function workerOn(store: Store): StaleScanWorker {
  const rules = { defaultTimeoutMinutes: 60, scan: 'always' } as const;
  const windows = [aWindow()];
  return new StaleScanWorker(store.schedulers, windows, rules, ids, INTERVAL_MS, silence);
}

async function fill({ schedulers }: Store, count: number): Promise<void> {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const fillOne = async (index: number) => {
    const { service_name: serviceName, job_name: jobName } = namesOf(index);
    const profile = aScheduler(schedulerIdOf(index)).with({ serviceName, jobName }).build();
    const registered = decideRegistration(null, profile, clock.now());
    await schedulers.recordRegistration(registered);
    if (index >= RUNNING) return;
    const { schedulerId } = registered;
    const update = { schedulerId, status: 'running', timestamp: clock.now(), ...NOTHING_MORE } as const;
    const circumstances = {
      slots: {
        failure: emptySlot(failureDedupKey(schedulerId)),
        stale: emptySlot(staleDedupKey(schedulerId)),
      },
      reporter: { keyName: 'bench', correlationId: 'bench' },
      timeZone: 'UTC',
      now: clock.now(),
      ids,
    };
    await schedulers.recordStatus(decideStatusUpdate(registered, update, circumstances));
  };
  const queue = indexes.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const index of queue) await fillOne(index);
    }),
  );
}

const NOTHING_MORE = { executionTimeMs: null, errorMessage: null, metadata: null, runId: null } as const;

function openJson({ folder }: BenchContext, name: string): Promise<Store> {
  return openJsonStore({ dataDir: join(folder, name), retentionDays: 30, clock });
}

function openDynamo(endpoint: string, name: string): Promise<Store> {
  Object.assign(process.env, EMULATOR_ENV);
  return openDynamoStore({
    endpoint,
    region: 'local',
    tablePrefix: `${name}-`,
    createTables: true,
    retentionDays: 30,
    clock,
  });
}
