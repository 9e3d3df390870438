import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../bench/figures';
import { cpuMsOf } from '../bench/process-figures';
import { FakeSlack } from '../fakes/fake-slack';
import { seededRandom } from '../tools/replay/seeded-random';
import { ApiClient } from './frame/api-client';
import { callSlack } from './frame/call-slack';
import { checkAlertsOnce } from './frame/check-alerts';
import { checkReports } from './frame/check-reports';
import { deleteHistoryEntry } from './frame/delete-history-entry';
import type { Drill, DrillCase, DrillContext, DrillOptions, StorageName } from './frame/drill';
import type { Emulator } from './frame/emulator';
import type { Findings } from './frame/findings';
import { Reporters } from './frame/reporters';
import { ReportLedger } from './frame/report-ledger';
import { alertMessages, SLACK_CHANNEL, slackEnv } from './frame/slack-ledger';
import { emulatorFor, storageEnv, TABLE_PREFIX } from './frame/storage-env';
import { VesperProcess } from './frame/vesper-process';
import { waitUntil } from './frame/waiting';

const TIMES = 20;
/** It is killed at a random moment between these two after it was ready. */
const SOONEST_MS = 200;
const LATEST_MS = 2_200;
const BACK_WITHIN_MS = 2_000;

export const killDrill: Drill = {
  name: 'kill',
  about:
    'kill -9 under load, many times: nothing acknowledged is lost, every alert is told once, back in 2 s',
  sabotages: {
    history: 'takes acknowledged updates out of the storage behind its back, after the last kill',
    alert: 'deletes one alert from Slack, and posts another one twice',
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
    await plant(context, fake, emulator, vesper);
    await checkReports(api, ledger, findings);
    context.say(`waiting for ${ledger.failed.length} alerts`);
    await checkAlertsOnce(fake, ledger, findings);
    await checkStop(vesper, api, ledger, findings);
  } finally {
    await vesper.kill();
    emulator?.stop();
    await fake.close();
  }
}

function reporterOptions(api: ApiClient, ledger: ReportLedger, { options: { seed } }: DrillContext) {
  return { api, ledger, seed, reporters: 8, schedulersEach: 15, failureEveryMs: 1_500, pauseMs: 12 };
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
  const kills = options.times ?? TIMES;
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
  const slowest = Math.max(...back);
  findings.figure('kills', kills);
  findings.figure(
    'back after, median',
    `${median(back).toFixed(0)} ms, of which ${median(cpu).toFixed(0)} ms of CPU time`,
  );
  findings.figure('back after, slowest', `${slowest.toFixed(0)} ms`);
  findings.expect(
    `ready again within ${BACK_WITHIN_MS} ms`,
    slowest < BACK_WITHIN_MS,
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

async function plant(
  { options: { sabotage }, folder }: DrillContext,
  fake: FakeSlack,
  emulator: Emulator | null,
  vesper: VesperProcess,
): Promise<void> {
  if (sabotage === 'history') {
    if (emulator !== null) return deleteHistoryEntry(emulator.endpoint, TABLE_PREFIX);
    await vesper.kill();
    cutJournal(join(folder, 'data', 'journal.jsonl'));
    await vesper.start();
  }
  if (sabotage === 'alert') {
    await waitUntil(() => alertMessages(fake).length > 1, 60_000, 200);
    const [first, second] = alertMessages(fake);
    if (first === undefined || second === undefined) throw new Error('no two alerts to tamper with');
    fake.deleteMessage(SLACK_CHANNEL, first.ts);
    const { text, blocks, metadata } = second;
    await waitUntil(() => callSlack(fake, 'chat.postMessage', { text, blocks, metadata }), 10_000, 500);
  }
}

/** Takes whole lines off the end: a torn line may be missing, acknowledged ones may not. */
function cutJournal(path: string): void {
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, `${lines.slice(0, -12).join('\n')}\n`);
}
