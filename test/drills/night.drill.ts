import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeSlack, type FakeMessage } from '../fakes/fake-slack';
import { ApiClient } from './frame/api-client';
import { Blows, type Blow } from './frame/blows';
import { callSlack } from './frame/call-slack';
import { checkNight, type NightPlan } from './frame/check-night';
import type { Drill, DrillCase, DrillContext } from './frame/drill';
import type { Findings } from './frame/findings';
import { checkHistory } from './frame/history/check-history';
import { HISTORY_FAULTS } from './frame/history/history-faults';
import { ReportLedger } from './frame/history/report-ledger';
import { MovableClock } from './frame/movable-clock';
import { Reporters } from './frame/reporters';
import { keyOf, SLACK_CHANNEL, SLACK_TOKEN } from './frame/slack-ledger';
import { emulatorFor, recordsOf, storageEnv } from './frame/storage-env';
import { TcpProxy } from './frame/tcp-proxy';
import { VesperProcess } from '../processes/vesper-process';
import { waitUntil } from '../processes/waiting';

const MINUTE_MS = 60_000;
const WINDOW_MINUTES = 3;
const WINDOW_MINUTES_SHORT = 1;
/** Before the window opens. */
const LEAD_MS = 8_000;
/** So long nobody needs to start. */
const STARTED_WITHIN_MS = 90_000;
/** Take-over of a dead instance's work, and the messages. */
const END_WITHIN_MS = 100_000;
/** Before the end, so that the last table shows what was reported last. */
const REPORTS_END_MS = 20_000;

/** Whoever was paused has woken up: time to do what it should not, before the checks wait as well. */
const AFTERMATH_MS = 5_000;

interface NightCase {
  readonly title: string;
  readonly storage: 'json' | 'dynamodb';
  readonly instances: number;
  /** Each hits whichever instance first comes to its moment. */
  readonly blows: readonly Blow[];
  /** In the window of one interval that the short form has. */
  readonly blowsShort: readonly Blow[];
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
    blowsShort: [
      { at: 'table post', blow: 'pause' },
      { at: 'summary', blow: 'kill' },
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
    blowsShort: [
      { at: 'table post', blow: 'kill' },
      { at: 'summary', blow: 'pause' },
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
    blowsShort: [
      { at: 'table post', blow: 'kill' },
      { at: 'summary', blow: 'kill' },
    ],
  },
];

export const nightDrill: Drill = {
  name: 'night',
  about: 'a compressed night with instances killed and paused in the middle of a step: each message once',
  atOnce: () => Infinity,
  sabotages: {
    ...HISTORY_FAULTS,
    table: {
      about: 'posts the table a second time, as a second instance would',
      breaks: ['one table'],
    },
    summary: { about: 'deletes the summary', breaks: ['one summary'] },
  },
  cases: ({ storages }) => CASES.filter(({ storage }) => storages.includes(storage)).map(toCase),
};

function toCase(night: NightCase): DrillCase {
  return { title: night.title, run: (context, findings) => run(night, context, findings) };
}

async function run(night: NightCase, context: DrillContext, findings: Findings): Promise<void> {
  const { short } = context.options;
  const clock = new MovableClock(context.folder);
  const fake = await FakeSlack.start({ now: () => clock.now() });
  const emulator = await emulatorFor(night.storage);
  const plan = planFrom(clock.now(), short ? WINDOW_MINUTES_SHORT : WINDOW_MINUTES);
  const blows = new Blows(short ? night.blowsShort : night.blows, context.say);
  const env = { ...nightEnv(plan), ...storageEnv(night.storage, context, emulator) };
  const instances: VesperProcess[] = [];
  const proxies: TcpProxy[] = [];
  try {
    for (let number = 1; number <= night.instances; number++) {
      const proxy = await TcpProxy.start(new URL(fake.apiUrl), (text) => blows.see(number - 1, text));
      proxies.push(proxy);
      const slackUrl = `http://127.0.0.1:${proxy.port}/api/`;
      instances.push(
        await VesperProcess.start({
          nodeArgs: [...clock.nodeArgs, ...context.fault.nodeArgs],
          env: { ...env, ...clock.env, ...context.fault.env, SLACK_API_URL: slackUrl },
          logFile: join(context.folder, `vesper-${number}.log`),
        }),
      );
    }
    blows.hit = instances;
    clock.set(new Date(plan.startsAt.getTime() - LEAD_MS));
    const ledger = new ReportLedger();
    const api = new ApiClient(instances.map(({ url }) => url));
    await reportUntil(plan.endsAt.getTime() - REPORTS_END_MS, clock, api, ledger, context);
    await waitForEnd(plan, clock, fake, blows);
    await plant(context, fake);
    findings.figure('instances', night.instances);
    findings.figure('blows dealt', blows.dealt.join(', '));
    findings.expect('every blow was dealt', blows.isOver, blows.dealt.join(', '));
    findings.expectNone('instances that did not come back', blows.failures);
    checkNight(fake, plan, ledger, findings);
    const records = recordsOf(context, emulator);
    // A kill takes along what would have been taken back.
    const mayTakeBack = blows.dealt.filter((what) => what.startsWith('pause')).length;
    await checkHistory({ api, ledger, slack: fake, records, instances, mayTakeBack }, context, findings);
  } finally {
    await Promise.all(instances.map((instance) => instance.kill()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    emulator?.stop();
    await fake.close();
  }
}

/** A window that opens at a full minute, when everybody has started: then the clock is set to shortly before it. */
function planFrom(nowMs: number, windowMinutes: number): NightPlan {
  const startsAt = new Date(Math.ceil((nowMs + STARTED_WITHIN_MS) / MINUTE_MS) * MINUTE_MS);
  return {
    startsAt,
    endsAt: new Date(startsAt.getTime() + windowMinutes * MINUTE_MS),
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
  clock: MovableClock,
  api: ApiClient,
  ledger: ReportLedger,
  { options: { seed, short } }: DrillContext,
): Promise<void> {
  const reporters = new Reporters({
    api,
    ledger,
    seed,
    reporters: short ? 2 : 4,
    schedulersEach: 35,
    failureEveryMs: 12_000,
    recover: true,
    pauseMs: 120,
    now: () => clock.now(),
  });
  reporters.start();
  await Promise.race([reporters.failed, sleep(Math.max(0, atMs - clock.now()))]);
  await reporters.stop();
}

/** The summary is there and nobody has anything more to do or to repeat. */
async function waitForEnd(
  { endsAt }: NightPlan,
  clock: MovableClock,
  fake: FakeSlack,
  blows: Blows,
): Promise<void> {
  await sleep(Math.max(0, endsAt.getTime() - clock.now()));
  await waitUntil(() => summaries(fake).length > 0 && blows.isOver, END_WITHIN_MS, 500);
  await sleep(AFTERMATH_MS);
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
