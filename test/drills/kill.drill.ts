import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../bench/figures';
import { cpuMsOf } from '../bench/process-figures';
import { FakeSlack } from '../fakes/fake-slack';
import { seededRandom } from '../tools/replay/seeded-random';
import { ApiClient } from './frame/api-client';
import type { Drill, DrillCase, DrillContext, DrillOptions, StorageName } from './frame/drill';
import type { Findings } from './frame/findings';
import { checkHistory } from './frame/history/check-history';
import { HISTORY_FAULTS } from './frame/history/history-faults';
import { ReportLedger } from './frame/history/report-ledger';
import { Reporters } from './frame/reporters';
import { slackEnv } from './frame/slack-ledger';
import { emulatorFor, recordsOf, storageEnv } from './frame/storage-env';
import { VesperProcess } from './frame/vesper-process';

const TIMES = 20;
const TIMES_SHORT = 3;
/** It is killed at a random moment between these two after it was ready. */
const SOONEST_MS = 200;
const LATEST_MS = 2_200;
const BACK_WITHIN_MS = 2_000;
/** The short form runs beside other drills, and cannot judge how fast a start is. */
const BACK_WITHIN_SHORT_MS = 20_000;

export const killDrill: Drill = {
  name: 'kill',
  about:
    'kill -9 under load, many times: nothing acknowledged is lost, every alert is told once, back in 2 s',
  atOnce: ({ short }) => (short ? 2 : 1),
  sabotages: {
    ...HISTORY_FAULTS,
    slow: 'counts each start as slower than it was, by as much as it may take',
  },
  cases: ({ storages }: DrillOptions) => storages.map(caseOn),
};

function caseOn(storage: StorageName): DrillCase {
  return {
    title: `kill -9 under load, ${storage}`,
    run: (context, findings) => run(storage, context, findings),
  };
}

async function run(storage: StorageName, context: DrillContext, findings: Findings): Promise<void> {
  const fake = await FakeSlack.start();
  const emulator = await emulatorFor(storage);
  const vesper = await VesperProcess.create({
    env: { ...slackEnv(fake), ...storageEnv(storage, context, emulator) },
    logFile: join(context.folder, 'vesper.log'),
  });
  try {
    await vesper.start();
    const ledger = new ReportLedger();
    const api = new ApiClient([vesper.url]);
    await killAgainAndAgain(vesper, new Reporters(reporterOptions(api, ledger, context)), context, findings);
    context.say(`waiting for ${ledger.failed.length} alerts`);
    const records = recordsOf(context, emulator);
    await checkHistory({ api, ledger, slack: fake, records, instances: [vesper] }, context, findings);
    await checkStop(vesper, api, ledger, findings);
  } finally {
    await vesper.kill();
    emulator?.stop();
    await fake.close();
  }
}

function reporterOptions(api: ApiClient, ledger: ReportLedger, { options: { seed } }: DrillContext) {
  const load = { reporters: 8, schedulersEach: 15, failureEveryMs: 1_800, recover: true, pauseMs: 12 };
  return { api, ledger, seed, ...load };
}

async function killAgainAndAgain(
  vesper: VesperProcess,
  reporters: Reporters,
  { options, say }: DrillContext,
  findings: Findings,
): Promise<void> {
  const random = seededRandom(options.seed, 'kills');
  const back: number[] = [];
  const cpu: number[] = [];
  const kills = options.times ?? (options.short ? TIMES_SHORT : TIMES);
  const backWithinMs = options.short ? BACK_WITHIN_SHORT_MS : BACK_WITHIN_MS;
  reporters.start();
  const givenUp = reporters.failed;
  for (let kill = 1; kill <= kills; kill++) {
    await Promise.race([givenUp, sleep(SOONEST_MS + random() * (LATEST_MS - SOONEST_MS))]);
    await vesper.kill();
    back.push(await vesper.start());
    cpu.push(cpuMsOf(vesper.pid) ?? NaN);
    if (kill % 5 === 0) say(`killed ${kill} times`);
  }
  await sleep(SOONEST_MS);
  await reporters.stop();
  const slowest = Math.max(...back) + (options.sabotage === 'slow' ? backWithinMs : 0);
  findings.figure('kills', kills);
  findings.figure(
    'back after, median',
    `${median(back).toFixed(0)} ms, of which ${median(cpu).toFixed(0)} ms of CPU time`,
  );
  findings.figure('back after, slowest', `${slowest.toFixed(0)} ms`);
  findings.expect(
    `ready again within ${backWithinMs} ms`,
    slowest < backWithinMs,
    `${slowest.toFixed(0)} ms`,
  );
}

/** The folder is left in order, and everything is still there after one more start. */
async function checkStop(
  vesper: VesperProcess,
  api: ApiClient,
  ledger: ReportLedger,
  findings: Findings,
): Promise<void> {
  const code = await vesper.stop();
  findings.expect('SIGTERM ends it with exit code 0', code === 0, String(code));
  await vesper.start();
  const { reply } = await api.untilAcknowledged({ method: 'GET', path: '/health' });
  const health = reply.body as { status: string; checks: Record<string, unknown> };
  const { storage } = health.checks;
  findings.expect(
    'healthy afterwards',
    health.status === 'healthy' && storage === 'ok',
    JSON.stringify(health),
  );
  const schedulers = await api.listAll<{ scheduler_id: string; status: string }>('/schedulers?limit=1000');
  const statuses = new Map(schedulers.map((one) => [one.scheduler_id, one.status]));
  const wrong = ledger.schedulerIds.filter(
    (id) => statuses.get(id) !== (ledger.updatesOf(id).at(-1)?.status ?? 'pending'),
  );
  findings.expectNone('statuses changed by stop and start', wrong);
}
