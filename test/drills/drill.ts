import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boardDrill } from './board.drill';
import { clockDrill } from './clock.drill';
import { diskDrill } from './disk.drill';
import { dynamoDrill } from './dynamo.drill';
import { fuzzDrill } from './fuzz.drill';
import { readRequest, usage, type DrillRequest, type KnownDrills } from './frame/request';
import { runDrills } from './frame/run-drills';
import { killDrill } from './kill.drill';
import { nightDrill } from './night.drill';
import { restoreDrill } from './restore/restore.drill';
import { rollingDrill } from './rolling/rolling.drill';
import { slackDrill } from './slack.drill';
import { soakDrill } from './soak.drill';

const KNOWN: KnownDrills = {
  all: [
    ...[killDrill, nightDrill, slackDrill, diskDrill, dynamoDrill, fuzzDrill, clockDrill, soakDrill],
    ...[boardDrill, rollingDrill, restoreDrill],
  ],
  // The night and outages wait most of their time: the others run beside them.
  short: [[nightDrill], [diskDrill, killDrill], [dynamoDrill, slackDrill]],
};

async function main(): Promise<void> {
  let request: DrillRequest | null;
  try {
    request = readRequest(process.argv.slice(2), KNOWN);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage(KNOWN)}`);
    process.exitCode = 2;
    return;
  }
  if (request === null) return console.log(usage(KNOWN));
  const folder = mkdtempSync(join(tmpdir(), 'vesper-drill-'));
  try {
    if (!(await runDrills(request, folder))) process.exitCode = 1;
  } finally {
    if (request.keep) console.log(`\nFolders and logs are in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
  const [kept, broken] =
    request.options.sabotage === null ? ['As promised.', 'NOT as promised.'] : ['Found.', 'NOT found.'];
  console.log(`\n${process.exitCode === 1 ? broken : kept}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
