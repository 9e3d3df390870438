import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type Emulator } from '../processes/emulator';
import type { BenchContext, Phase } from './context';
import { toText, type Row } from './figures';
import { LoadGenerator } from './load/load-generator';
import { readOptions, USAGE, type BenchOptions, type PhaseName } from './options';
import { boardRequests } from './phases/board-requests.phase';
import { dynamoRequests } from './phases/dynamodb-requests.phase';
import { jsonRequests } from './phases/json-requests.phase';
import { reads } from './phases/reads.phase';
import { scan } from './phases/scan.phase';
import { start } from './phases/start.phase';
import { table } from './phases/table.phase';

/** Kinds of request that share the servers they are measured on are one phase. */
function toPhases(wanted: readonly PhaseName[]): readonly Phase[] {
  const has = (name: PhaseName) => wanted.includes(name);
  const onJson = (['heartbeat', 'status'] as const).filter(has);
  const onDynamo = (['heartbeat', 'status'] as const).filter((kind) => has(`dynamodb-${kind}`));
  return [
    ...(onJson.length > 0 ? [jsonRequests(onJson)] : []),
    ...(onDynamo.length > 0 ? [dynamoRequests(onDynamo)] : []),
    ...(has('board') ? [boardRequests('json')] : []),
    ...(has('dynamodb-board') ? [boardRequests('dynamodb')] : []),
    ...(has('reads') ? [reads] : []),
    ...(has('table') ? [table] : []),
    ...(has('scan') ? [scan] : []),
    ...(has('start') ? [start] : []),
  ];
}

/** @param rows gets what each phase measured, also when a later one fails */
async function measure(options: BenchOptions, rows: Row[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vesper-bench-'));
  const generator = new LoadGenerator();
  const emulators: Promise<Emulator>[] = [];
  const context: BenchContext = {
    options,
    generator,
    folder,
    emulator: () => emulators[0] ?? (emulators[0] = startEmulator()),
    say: (text) => process.stderr.write(`· ${text}\n`),
  };
  try {
    for (const phase of toPhases(options.phases)) rows.push(...(await phase(context)));
  } finally {
    generator.stop();
    for (const emulator of emulators) (await emulator).stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function machine(): string {
  const [load = 0] = loadavg();
  return `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, load before ${load.toFixed(1)}`;
}

async function main(): Promise<void> {
  let options: BenchOptions | null;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  if (options === null) return console.log(USAGE);
  const where = machine();
  const startedAt = performance.now();
  const rows: Row[] = [];
  const failure = await measure(options, rows).catch((error: unknown) => ({ error }));
  const seconds = (performance.now() - startedAt) / 1_000;
  const short = rows.filter(({ met }) => met === false).length;
  if (options.json) console.log(JSON.stringify({ machine: where, seconds, rows }, null, 2));
  else console.log(`\n${toText(rows)}\n\n${where}; ${seconds.toFixed(0)} s. ${short} of the aims not met.`);
  if (failure !== undefined) throw failure.error;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
