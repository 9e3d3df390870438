import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../processes/median';
import { cpuMsOf } from '../processes/process-figures';
import { FakeSlack } from '../fakes/fake-slack';
import { seededRandom } from '../tools/replay/seeded-random';
import { ApiClient } from './frame/api-client';
import type { Drill, DrillCase, DrillContext, DrillOptions, StorageName } from './frame/drill';
import type { Findings } from './frame/findings';
import { checkHistory } from './frame/history/check-history';
import { HISTORY_FAULTS } from './frame/history/history-faults';
import { ReportLedger } from './frame/history/report-ledger';
import { LastWords } from './frame/last-words';
import { Reporters } from './frame/reporters';
import { slackEnv } from './frame/slack-ledger';
import { emulatorFor, recordsOf, storageEnv } from './frame/storage-env';
import { VesperProcess } from '../processes/vesper-process';

const TIMES = 20;
const TIMES_SHORT = 3;
/** It is killed at a random moment between these two after it was ready. */
const SOONEST_MS = 200;
const LATEST_MS = 2_200;
const BACK_WITHIN_MS = 2_000;
/** The short form runs beside other drills and others' work: there its CPU time says how fast it is, which others’ work doubles at most. */
const BACK_WITHIN_SHORT_MS = 20_000;
const BACK_CPU_SHORT_MS = 4_000;

export const killDrill: Drill = {
  name: 'kill',
  about:
    'kill -9 under load, many times: nothing acknowledged is lost, every alert is told once, back in 2 s',
  atOnce: ({ short }) => (short ? 2 : 1),
  sabotages: {
    ...HISTORY_FAULTS,
    early: {
      about: 'Vesper acknowledges heartbeats before they are written',
      breaks: ['acknowledged heartbeats lost'],
      inVesper: 'early heartbeats',
    },
    slow: {
      about: 'Vesper takes four and a half seconds longer to start',
      breaks: ['ready again within', 'CPU time of a start'],
      inVesper: 'slow start',
    },
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
    nodeArgs: context.fault.nodeArgs,
    env: { ...slackEnv(fake), ...storageEnv(storage, context, emulator), ...context.fault.env },
    logFile: join(context.folder, 'vesper.log'),
  });
  try {
    await vesper.start();
    const ledger = new ReportLedger();
    const api = new ApiClient([vesper.url]);
    await killAgainAndAgain(vesper, api, ledger, context, findings);
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
  api: ApiClient,
  ledger: ReportLedger,
  context: DrillContext,
  findings: Findings,
): Promise<void> {
  const { options, say } = context;
  const reporters = new Reporters(reporterOptions(api, ledger, context));
  const random = seededRandom(options.seed, 'kills');
  const back: number[] = [];
  const cpu: number[] = [];
  const before: number[] = [];
  const kills = options.times ?? (options.short ? TIMES_SHORT : TIMES);
  const backWithinMs = options.short ? BACK_WITHIN_SHORT_MS : BACK_WITHIN_MS;
  reporters.start();
  const givenUp = reporters.failed;
  for (let kill = 1; kill <= kills; kill++) {
    const words = await LastWords.begin(String(kill), api, ledger);
    await Promise.race([givenUp, sleep(SOONEST_MS + random() * (LATEST_MS - SOONEST_MS))]);
    const killedAtMs = performance.now();
    await vesper.kill();
    await words.silence;
    before.push(killedAtMs - (words.lastAtMs ?? -Infinity));
    back.push(await vesper.start());
    cpu.push(cpuMsOf(vesper.pid) ?? NaN);
    if (kill % 5 === 0) say(`killed ${kill} times`);
  }
  await sleep(SOONEST_MS);
  await reporters.stop();
  const slowest = Math.max(...back);
  findings.figure('kills', kills);
  findings.figure('last heartbeat acknowledged before a kill, median', `${median(before).toFixed(1)} ms`);
  findings.expect(
    'heartbeats were acknowledged before each kill',
    before.every(Number.isFinite),
    `${before.filter(Number.isFinite).length} times`,
  );
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
  if (options.short)
    findings.expect(
      `CPU time of a start below ${BACK_CPU_SHORT_MS} ms`,
      !(median(cpu) >= BACK_CPU_SHORT_MS),
      `${median(cpu).toFixed(0)} ms`,
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
