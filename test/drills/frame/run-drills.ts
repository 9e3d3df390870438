import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Drill, DrillCase, DrillOptions } from './drill';
import { Findings } from './findings';
import type { DrillRequest } from './request';

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
  let asWanted = true;
  const takeNext = async () => {
    for (let run = runs.shift(); run !== undefined; run = runs.shift()) asWanted = (await run()) && asWanted;
  };
  await Promise.all(Array.from({ length: Math.min(drill.atOnce?.(options) ?? 1, runs.length) }, takeNext));
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
  findings.figure('took', secondsSince(startedAt));
  console.log(`\n${title}\n${findings.toText()}`);
  return verdict(findings, options.sabotage);
}

/** A drill that does not come to its end has found nothing. */
function verdict(findings: Findings, sabotage: string | null): boolean {
  if (sabotage === null) return findings.broken.length === 0;
  const by = findings.broken.map(({ promise }) => promise);
  const found = by.length > 0 && !by.includes('the drill comes to its end');
  console.log(
    `  ${found ? 'found ' : 'MISSED'}  the planted fault "${sabotage}"${found ? ` by: ${by.join('; ')}` : ''}`,
  );
  return found;
}

function secondsSince(startedAt: number): string {
  return `${((performance.now() - startedAt) / 1_000).toFixed(0)} s`;
}
