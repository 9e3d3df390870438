import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EMULATOR_ENV } from '../../drills/frame/vesper-process';
import { loadOn, startVesper, type BenchContext, type Phase } from '../context';
import { BENCH_APPS, BENCH_DOMAINS } from '../load/workload';
import { figuresOf, speedOf } from '../figures';
import { takeTurns } from '../rounds';

/** Spec 80: the floor that the seeds set for any request. */
const P99_MS = 200;
const MOST_ROUNDS = 3;

/** Pushes to the EPM board, each connection to a cell of its own, ten apps. */
export function boardRequests(storage: 'json' | 'dynamodb'): Phase {
  return async (context) => {
    const vesper = await startVesper(context, `board-${storage}`, 0, await environment(context, storage));
    try {
      context.say(`pushes to the board on ${storage}`);
      const { connections, rounds } = context.options;
      const load = { name: storage, kind: 'cell', port: vesper.port, pid: vesper.pid } as const;
      const [measured] = await takeTurns(
        [loadOn(context, { ...load, schedulers: connections })],
        Math.min(rounds, MOST_ROUNDS),
      );
      if (measured === undefined) throw new Error('nothing was measured');
      return [
        {
          what: `push to the board, ${storage === 'json' ? 'JSON' : 'DynamoDB'}, ${BENCH_APPS.length} apps`,
          measured: speedOf(measured),
          aim: `p99 < ${P99_MS} ms`,
          met: measured.p99Ms < P99_MS,
          figures: figuresOf(measured),
        },
      ];
    } finally {
      await vesper.stop();
    }
  };
}

async function environment(
  context: BenchContext,
  storage: 'json' | 'dynamodb',
): Promise<Record<string, string>> {
  const appsFile = join(context.folder, 'bench-apps.json');
  const apps = Object.fromEntries(BENCH_APPS.map((app) => [app, { domains: BENCH_DOMAINS, channels: [] }]));
  writeFileSync(appsFile, JSON.stringify({ apps, channels: {} }));
  // Limits of the board's endpoints are fixed; only switched off they let a benchmark through.
  const env = { APPS_CONFIG: appsFile, RATE_LIMIT_PER_MINUTE: '0' };
  if (storage === 'json') return env;
  const { endpoint } = await context.emulator();
  return {
    ...env,
    ...EMULATOR_ENV,
    DYNAMODB_ENDPOINT: endpoint,
    DYNAMODB_TABLE_PREFIX: 'board-',
  };
}
