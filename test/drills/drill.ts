import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Drill, DrillCase, DrillOptions, StorageName } from './frame/drill';
import { Findings } from './frame/findings';
import { boardDrill } from './board.drill';
import { diskDrill } from './disk.drill';
import { dynamoDrill } from './dynamo.drill';
import { killDrill } from './kill.drill';
import { nightDrill } from './night.drill';
import { rollingDrill } from './rolling/rolling.drill';
import { slackDrill } from './slack.drill';

const DRILLS: readonly Drill[] = [
  ...[killDrill, nightDrill, slackDrill, diskDrill, dynamoDrill, boardDrill],
  ...[rollingDrill],
];

const USAGE = `Usage: npm run drill -- [name …] [options]

Real processes, signals and sockets against a built Vesper. Exit code 1 when a promise is broken.

${DRILLS.map(({ name, about }) => `  ${name.padEnd(8)} ${about}`).join('\n')}

  --storage json         or dynamodb, or both (the default)
  --times 20             how often the drill does what it does
  --seed 1               the same seed, the same decisions
  --old <revision>       what ran before the deploy of the rolling drill (default the newest tag, else before the last change)
  --sabotage <fault>     plants a fault that the drill must find: then exit code 0 means that it found it
${DRILLS.flatMap((drill) => Object.entries(drill.sabotages).map(([fault, about]) => `                           ${drill.name}: ${fault} – ${about}`)).join('\n')}
  --keep                 leaves folders and logs behind`;

interface Request {
  readonly drills: readonly Drill[];
  readonly options: DrillOptions;
  readonly keep: boolean;
}

function readRequest(argv: readonly string[]): Request | null {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      storage: text,
      times: text,
      seed: text,
      sabotage: text,
      old: text,
      keep: flag,
      help: { ...flag, short: 'h' },
    },
  });
  if (values.help === true) return null;
  const drills = positionals.length === 0 ? DRILLS : positionals.map(findDrill);
  const sabotage = values.sabotage ?? null;
  if (sabotage !== null && !drills.every((drill) => Object.hasOwn(drill.sabotages, sabotage)))
    throw new Error(`--sabotage ${sabotage} is not known to ${drills.map(({ name }) => name).join(', ')}`);
  return {
    drills,
    keep: values.keep ?? false,
    options: {
      seed: integer('--seed', values.seed ?? '1'),
      storages: storagesOf(values.storage ?? 'both'),
      times: values.times === undefined ? null : integer('--times', values.times),
      sabotage,
      old: values.old ?? null,
    },
  };
}

function findDrill(name: string): Drill {
  const drill = DRILLS.find((known) => known.name === name);
  if (drill === undefined) throw new Error(`There is no drill "${name}".`);
  return drill;
}

function storagesOf(text: string): readonly StorageName[] {
  if (text === 'both') return ['json', 'dynamodb'];
  if (text !== 'json' && text !== 'dynamodb')
    throw new Error(`--storage must be json, dynamodb or both, not "${text}"`);
  return [text];
}

function integer(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${name} must be a number from 1, not "${text}"`);
  return value;
}

/** @returns whether it came out as wanted: every promise kept, or the planted fault found */
async function runDrill(drill: Drill, options: DrillOptions, folder: string): Promise<boolean> {
  const runs = drill
    .cases(options)
    .map((one, index) => () => runCase(drill, one, options, join(folder, `${drill.name}-${index + 1}`)));
  if (drill.atOnce === true) return (await Promise.all(runs.map((run) => run()))).every(Boolean);
  let asWanted = true;
  for (const run of runs) asWanted = (await run()) && asWanted;
  return asWanted;
}

async function runCase(
  drill: Drill,
  one: DrillCase,
  options: DrillOptions,
  folder: string,
): Promise<boolean> {
  const title = `${drill.name}: ${one.title}`;
  const skipped = one.skips?.() ?? null;
  if (skipped !== null) {
    console.log(`\nSKIPPED ${title}: ${skipped}`);
    return true;
  }
  mkdirSync(folder);
  const findings = new Findings();
  const startedAt = performance.now();
  const say = (text: string) => void process.stderr.write(`  · ${title}: ${text}\n`);
  try {
    await one.run({ options, folder, say }, findings);
  } catch (error) {
    findings.expect(
      'the drill comes to its end',
      false,
      error instanceof Error ? error.message : String(error),
    );
  }
  if (findings.count === 0) findings.expect('something was looked at', false, 'nothing');
  findings.figure('took', `${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
  console.log(`\n${title}\n${findings.toText()}`);
  return verdict(findings, options.sabotage);
}

function verdict(findings: Findings, sabotage: string | null): boolean {
  if (sabotage === null) return findings.broken.length === 0;
  const found = findings.broken.length > 0;
  console.log(`  ${found ? 'found ' : 'MISSED'}  the planted fault "${sabotage}"`);
  return found;
}

async function main(): Promise<void> {
  let request: Request | null;
  try {
    request = readRequest(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  if (request === null) return console.log(USAGE);
  const folder = mkdtempSync(join(tmpdir(), 'vesper-drill-'));
  try {
    for (const drill of request.drills)
      if (!(await runDrill(drill, request.options, folder))) process.exitCode = 1;
  } finally {
    if (request.keep) console.log(`\nFolders and logs are in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
  console.log(process.exitCode === 1 ? '\nNOT as promised.' : '\nAs promised.');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
