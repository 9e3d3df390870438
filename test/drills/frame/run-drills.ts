import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Drill, DrillCase, DrillOptions } from './drill';
import { Findings } from './findings';
import { plantedFault } from './planted-fault';
import type { DrillRequest } from './request';
import { judge, type Verdict } from './verdict';

/** @returns whether everything came out as wanted: every promise kept, or the planted fault found */
export async function runDrills({ lanes, options }: DrillRequest, folder: string): Promise<boolean> {
  const took: string[] = [];
  const outcomes = await Promise.all(
    lanes.map(async (lane) => {
      let asWanted = true;
      for (const drill of lane) {
        const startedAt = performance.now();
        asWanted = (await runDrill(drill, options, folder)) && asWanted;
        took.push(`${drill.name} ${secondsSince(startedAt)}`);
      }
      return asWanted;
    }),
  );
  console.log(`\nTook ${took.join(', ')}.`);
  return outcomes.every(Boolean);
}

async function runDrill(drill: Drill, options: DrillOptions, folder: string): Promise<boolean> {
  const runs = drill
    .cases(options)
    .map((one, index) => () => runCase(drill, one, options, join(folder, `${drill.name}-${index + 1}`)));
  if (runs.length === 0) console.log(`\nSKIPPED ${drill.name}: it has no case for these options`);
  const verdicts: Verdict[] = [];
  const takeNext = async () => {
    for (let run = runs.shift(); run !== undefined; run = runs.shift()) verdicts.push(await run());
  };
  await Promise.all(Array.from({ length: Math.min(drill.atOnce?.(options) ?? 1, runs.length) }, takeNext));
  if (verdicts.some((verdict) => verdict === 'broken' || verdict === 'missed')) return false;
  // Where nothing was tried, nothing was found.
  return options.sabotage === null || verdicts.includes('found');
}

async function runCase(
  drill: Drill,
  one: DrillCase,
  options: DrillOptions,
  folder: string,
): Promise<Verdict> {
  const title = `${drill.name}: ${one.title}`;
  const skipped = one.skips?.() ?? null;
  if (skipped !== null) {
    console.log(`\nSKIPPED ${title}: ${skipped}`);
    return 'skipped';
  }
  mkdirSync(folder);
  const findings = new Findings();
  const startedAt = performance.now();
  const say = (text: string) => void process.stderr.write(`  · ${title}: ${text}\n`);
  const sabotage = options.sabotage === null ? undefined : drill.sabotages[options.sabotage];
  try {
    await one.run({ options, folder, say, fault: plantedFault(sabotage) }, findings);
  } catch (error) {
    findings.stopped(error instanceof Error ? error.message : String(error));
  }
  if (findings.count === 0) findings.expect('something was looked at', false, 'nothing');
  findings.figure('took', secondsSince(startedAt));
  console.log(`\n${title}\n${findings.toText()}`);
  const { verdict, said } = judge(findings, sabotage);
  if (said !== '') console.log(`  ${said}`);
  return verdict;
}

function secondsSince(startedAt: number): string {
  return `${((performance.now() - startedAt) / 1_000).toFixed(0)} s`;
}
