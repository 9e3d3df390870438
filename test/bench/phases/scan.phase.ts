import { join } from 'node:path';
import { openDynamoStore } from '../../../src/adapters/persistence/dynamodb/dynamo.store';
import { openJsonStore } from '../../../src/adapters/persistence/json/json.store';
import type { Store } from '../../../src/adapters/persistence/store';
import { RandomIdSource } from '../../../src/adapters/system/random.id-source';
import { SystemClock } from '../../../src/adapters/system/system.clock';
import { decideRegistration } from '../../../src/domain/schedulers/decide-registration';
import { decideStatusUpdate } from '../../../src/domain/schedulers/decide-status-update';
import type { SilenceService } from '../../../src/features/schedulers/silence.service';
import { StaleScanWorker } from '../../../src/features/schedulers/stale-scan.worker';
import { aWindow } from '../../builders/a-window';
import { EMULATOR_ENV } from '../../processes/vesper-process';
import type { BenchContext, Phase } from '../context';
import { ms, type Row } from '../figures';
import { median } from '../../processes/median';
import { aRegistered, fillDynamo } from '../fill';
import { schedulerIdOf } from '../load/workload';

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
  const rows = [await compare(context, 'JSON', (name, size) => openJson(context, name, size))];
  const { endpoint } = await context.emulator();
  rows.push(await compare(context, 'DynamoDB', (name, size) => openDynamo(endpoint, name, size)));
  return rows;
};

async function compare(
  context: BenchContext,
  storage: string,
  open: (name: string, size: number) => Promise<Store>,
): Promise<Row> {
  const { many } = context.options;
  context.say(`stale scan on ${storage}`);
  const small = await open('scan-few', RUNNING);
  const large = await open('scan-many', many);
  try {
    await letRun(small);
    await letRun(large);
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
  return new StaleScanWorker(store.schedulers, windows, rules, ids, INTERVAL_MS, clock, silence);
}

async function letRun({ schedulers }: Store): Promise<void> {
  for (let index = 0; index < RUNNING; index++) {
    const schedulerId = schedulerIdOf(index);
    const found = await schedulers.findWithAlerts(schedulerId);
    if (found === null) throw new Error(`${schedulerId} is not there`);
    const update = { schedulerId, status: 'running', timestamp: clock.now(), ...NOTHING_MORE } as const;
    const decision = decideStatusUpdate(found.scheduler, update, {
      slots: found.slots,
      reporter: { keyName: 'bench', correlationId: 'bench' },
      timeZone: 'UTC',
      now: clock.now(),
      ids,
    });
    await schedulers.recordStatus(decision);
  }
}

const NOTHING_MORE = { executionTimeMs: null, errorMessage: null, metadata: null, runId: null } as const;

async function openJson({ folder }: BenchContext, name: string, size: number): Promise<Store> {
  const store = await openJsonStore({ dataDir: join(folder, name), retentionDays: 30, clock });
  const indexes = Array.from({ length: size }, (_, index) => index).values();
  const register = async () => {
    for (const index of indexes)
      await store.schedulers.recordRegistration(decideRegistration(null, aRegistered(index), clock.now()));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, register));
  return store;
}

async function openDynamo(endpoint: string, name: string, size: number): Promise<Store> {
  await fillDynamo(endpoint, `${name}-`, size);
  Object.assign(process.env, EMULATOR_ENV);
  return openDynamoStore({
    endpoint,
    region: 'local',
    tablePrefix: `${name}-`,
    createTables: false,
    retentionDays: 30,
    clock,
  });
}
