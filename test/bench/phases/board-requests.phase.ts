import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EMULATOR_ENV } from '../../processes/vesper-process';
import { appsFileOf } from '../../harness/apps-file';
import { loadOn, startVesper, type BenchContext, type Phase } from '../context';
import { BENCH_APPS, BENCH_DOMAINS } from '../load/workload';
import { figuresOf, speedOf, type Row } from '../figures';
import { takeTurns } from '../rounds';

/** Spec 80: the floor that the seeds set for any request. */
const P99_MS = 200;
const MOST_ROUNDS = 3;

/** Pushes to the EPM board, each connection to a cell of its own, ten apps; and looks at it. */
export function boardRequests(storage: 'json' | 'dynamodb'): Phase {
  return async (context) => {
    const vesper = await startVesper(context, `board-${storage}`, 0, await environment(context, storage));
    try {
      context.say(`pushes to the board on ${storage}`);
      const { connections, rounds } = context.options;
      const server = { port: vesper.port, pid: vesper.pid, schedulers: connections };
      const measured = await takeTurns(
        [
          loadOn(context, { ...server, name: 'push to the board', kind: 'cell' }),
          loadOn(context, {
            ...server,
            name: 'look at the board, one reader',
            kind: 'board',
            connections: 1,
          }),
        ],
        Math.min(rounds, MOST_ROUNDS),
      );
      return measured.map((each): Row => ({
        what: `${each.name}, ${storage === 'json' ? 'JSON' : 'DynamoDB'}, ${BENCH_APPS.length} apps`,
        measured: speedOf(each),
        aim: `p99 < ${P99_MS} ms`,
        met: each.p99Ms < P99_MS,
        figures: figuresOf(each),
      }));
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
  writeFileSync(appsFile, appsFileOf(BENCH_APPS, BENCH_DOMAINS));
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
