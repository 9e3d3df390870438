import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeSlack, type FakeMessage } from '../fakes/fake-slack';
import { ApiClient } from './frame/api-client';
import { Blows, type Blow } from './frame/blows';
import { callSlack } from './frame/call-slack';
import { checkNight, type NightPlan } from './frame/check-night';
import { checkReports } from './frame/check-reports';
import type { Drill, DrillCase, DrillContext } from './frame/drill';
import { startEmulator } from './frame/emulator';
import type { Findings } from './frame/findings';
import { checkAlertsOnce } from './frame/check-alerts';
import { Reporters } from './frame/reporters';
import { ReportLedger } from './frame/report-ledger';
import { keyOf, SLACK_CHANNEL, SLACK_TOKEN } from './frame/slack-ledger';
import { TcpProxy } from './frame/tcp-proxy';
import { EMULATOR_ENV, VesperProcess } from './frame/vesper-process';
import { waitUntil } from './frame/waiting';

const MINUTE_MS = 60_000;
const WINDOW_MINUTES = 3;
/** Take-over of a dead instance's work, and the messages. */
const END_WITHIN_MS = 100_000;
/** Before the end, so that the last table shows what was reported last. */
const REPORTS_END_MS = 20_000;

interface NightCase {
  readonly title: string;
  readonly storage: 'json' | 'dynamodb';
  readonly instances: number;
  /** Each hits whichever instance first comes to its moment. */
  readonly blows: readonly Blow[];
}

const CASES: readonly NightCase[] = [
  {
    title: 'a night with two instances on DynamoDB',
    storage: 'dynamodb',
    instances: 2,
    blows: [
      { at: 'table post', blow: 'pause' },
      { at: 'table edit', blow: 'kill' },
      { at: 'summary', blow: 'pause' },
    ],
  },
  {
    title: 'a night with three instances on DynamoDB',
    storage: 'dynamodb',
    instances: 3,
    blows: [
      { at: 'table post', blow: 'kill' },
      { at: 'table edit', blow: 'pause' },
      { at: 'summary', blow: 'kill' },
    ],
  },
  {
    title: 'a night with one instance on JSON',
    storage: 'json',
    instances: 1,
    blows: [
      { at: 'table post', blow: 'kill' },
      { at: 'table edit', blow: 'kill' },
      { at: 'summary', blow: 'kill' },
    ],
  },
];

export const nightDrill: Drill = {
  name: 'night',
  about: 'a compressed night with instances killed and paused in the middle of a step: each message once',
  atOnce: true,
  sabotages: {
    table: 'posts the table a second time, as a second instance would',
    summary: 'deletes the summary',
  },
  cases: ({ storages }) => CASES.filter(({ storage }) => storages.includes(storage)).map(toCase),
};

function toCase(night: NightCase): DrillCase {
  return { title: night.title, run: (context, findings) => run(night, context, findings) };
}

async function run(night: NightCase, context: DrillContext, findings: Findings): Promise<void> {
  const fake = await FakeSlack.start();
  const emulator = night.storage === 'dynamodb' ? await startEmulator() : null;
  const plan = planFrom(new Date());
  const blows = new Blows(night.blows, context.say);
  const storage = emulator === null ? {} : { ...EMULATOR_ENV, DYNAMODB_ENDPOINT: emulator.endpoint };
  const env = { ...nightEnv(plan), ...storage, DYNAMODB_TABLE_PREFIX: `night-${Date.now()}-` };
  const instances: VesperProcess[] = [];
  const proxies: TcpProxy[] = [];
  try {
    for (let number = 1; number <= night.instances; number++) {
      const proxy = await TcpProxy.start(new URL(fake.apiUrl), (text) => blows.see(number - 1, text));
      proxies.push(proxy);
      instances.push(
        await VesperProcess.start({
          env: {
            ...env,
            SLACK_API_URL: `http://127.0.0.1:${proxy.port}/api/`,
            DATA_DIR: join(context.folder, 'data'),
          },
          logFile: join(context.folder, `vesper-${number}.log`),
        }),
      );
    }
    blows.hit = instances;
    const ledger = new ReportLedger();
    const api = new ApiClient(instances.map(({ url }) => url));
    await reportUntil(plan.endsAt.getTime() - REPORTS_END_MS, api, ledger, context);
    await waitForEnd(plan, fake, blows);
    await plant(context, fake);
    findings.figure('instances', night.instances);
    findings.figure('blows dealt', blows.dealt.join(', '));
    findings.expect(
      'every blow was dealt',
      blows.dealt.length === night.blows.length,
      String(blows.dealt.length),
    );
    checkNight(fake, plan, ledger, findings);
    await checkAlertsOnce(fake, ledger, findings);
    await checkReports(api, ledger, findings);
  } finally {
    await Promise.all(instances.map((instance) => instance.kill()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    emulator?.stop();
    await fake.close();
  }
}

/** The window opens at the next full minute. */
function planFrom(now: Date): NightPlan {
  const startsAt = new Date(Math.ceil((now.getTime() + 15_000) / MINUTE_MS) * MINUTE_MS);
  return {
    startsAt,
    endsAt: new Date(startsAt.getTime() + WINDOW_MINUTES * MINUTE_MS),
    intervalMs: MINUTE_MS,
  };
}

function nightEnv({ startsAt, endsAt }: NightPlan): Record<string, string> {
  const time = (instant: Date) => instant.toISOString().slice(11, 16);
  return {
    SLACK_BOT_TOKEN: SLACK_TOKEN,
    SLACK_CHANNEL_ID: SLACK_CHANNEL,
    EOD_TIMEZONE: 'UTC',
    EOD_WINDOW_START: time(startsAt),
    EOD_WINDOW_END: time(endsAt),
    EOD_UPDATE_INTERVAL_MINUTES: '1',
    ALERT_STORM_THRESHOLD: '10000',
  };
}

async function reportUntil(
  atMs: number,
  api: ApiClient,
  ledger: ReportLedger,
  { options: { seed } }: DrillContext,
): Promise<void> {
  const reporters = new Reporters({
    api,
    ledger,
    seed,
    reporters: 4,
    schedulersEach: 35,
    failureEveryMs: 25_000,
    pauseMs: 120,
  });
  reporters.start();
  await Promise.race([reporters.failed, sleep(Math.max(0, atMs - Date.now()))]);
  await reporters.stop();
}

/** The summary is there and nobody has anything more to do or to repeat. */
async function waitForEnd({ endsAt }: NightPlan, fake: FakeSlack, blows: Blows): Promise<void> {
  await sleep(Math.max(0, endsAt.getTime() - Date.now()));
  await waitUntil(() => summaries(fake).length > 0 && blows.isOver, END_WITHIN_MS, 500);
  // Whoever was paused has woken up by now: time to do what it should not.
  await sleep(12_000);
}

function summaries(fake: FakeSlack): FakeMessage[] {
  return fake.messages(SLACK_CHANNEL).filter((message) => (keyOf(message) ?? '').endsWith(':summary'));
}

async function plant({ options: { sabotage } }: DrillContext, fake: FakeSlack): Promise<void> {
  if (sabotage === 'summary') for (const { ts } of summaries(fake)) fake.deleteMessage(SLACK_CHANNEL, ts);
  if (sabotage === 'table') {
    const [table] = fake
      .messages(SLACK_CHANNEL)
      .filter((message) => /:table:\d+:0$/.test(keyOf(message) ?? ''));
    if (table === undefined) throw new Error('no table to post again');
    const { text, blocks, metadata } = table;
    await waitUntil(() => callSlack(fake, 'chat.postMessage', { text, blocks, metadata }), 10_000, 500);
  }
}
