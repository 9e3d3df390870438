import { setTimeout as sleep } from 'node:timers/promises';
import { FakeSlack, type FakeMessage } from '../../fakes/fake-slack';
import { ApiClient, Refused } from '../frame/api-client';
import { checkNight, type NightPlan } from '../frame/check-night';
import type { Drill, DrillCase, DrillContext } from '../frame/drill';
import { startEmulator } from '../../processes/emulator';
import type { Findings } from '../frame/findings';
import { checkHistory } from '../frame/history/check-history';
import { DynamoRecords } from '../frame/history/dynamo-records';
import { HISTORY_FAULTS } from '../frame/history/history-faults';
import { ReportLedger } from '../frame/history/report-ledger';
import { Reporters } from '../frame/reporters';
import { keyOf, SLACK_CHANNEL, SLACK_TOKEN } from '../frame/slack-ledger';
import { EMULATOR_ENV } from '../../processes/vesper-process';
import { waitUntil } from '../../processes/waiting';
import { ASK_EVERY_MS, Balancer } from './balancer';
import { buildMistaken, buildOld, newBuild, type Build } from './builds';
import { Fleet } from './fleet';

const MINUTE_MS = 60_000;
const WINDOW_MINUTES = 3;
/** The balancer needs two answers to notice, each slow where everything runs on one machine. */
const DRAIN_MS = 12 * ASK_EVERY_MS;
/** The start of the new one, so that the old one is told to stop at the very step. */
const AHEAD_MS = 8_000;
const END_WITHIN_MS = 60_000;
/** One reader; the reporters are more. */
const READ_EVERY_MS = 50;
/** Before the end, so that the last table shows what was reported last. */
const REPORTS_END_MS = 20_000;
/** Whoever would do something a second time does so by then. */
const SETTLED_AFTER_MS = 10_000;

/** What a new version must never do to one that runs beside it (ADR 0019): another name for what every reader asks for. */
const RENAMED = { file: 'adapters/persistence/dynamodb/night.item.js', from: 'ends_at', to: 'end_at' };

export const rollingDrill: Drill = {
  name: 'rolling',
  about:
    'old and new version side by side over a night, replaced one by one: nothing lost, doubled or refused',
  sabotages: {
    ...HISTORY_FAULTS,
    kill: {
      about: 'the old instances are killed instead of told to stop',
      breaks: ['the old ones stopped by themselves', 'requests that the balancer could not pass on'],
    },
    shape: {
      about: 'the new version renames what the old one reads',
      breaks: ['stored things that one version could not read'],
    },
    elsewhere: {
      about: 'the new version is told another table prefix',
      breaks: ['clients that were refused for good', 'acknowledged registrations lost'],
    },
  },
  cases: ({ storages }) => (storages.includes('dynamodb') ? [nightCase] : []),
};

const nightCase: DrillCase = { title: 'three instances on DynamoDB, replaced at the steps of a night', run };

async function run(context: DrillContext, findings: Findings): Promise<void> {
  const old = buildOld(context.options.old, context.folder, context.say);
  const next = context.options.sabotage === 'shape' ? buildMistaken(RENAMED, context.folder) : newBuild();
  findings.figure('old version', old.name);
  findings.figure('new version', next.name);
  const fake = await FakeSlack.start();
  const emulator = await startEmulator();
  const balancer = await Balancer.start();
  const plan = planFrom(new Date());
  const tablePrefix = `rolling-${Date.now()}-`;
  const fleet = new Fleet({
    ...{ balancer, folder: context.folder, drainMs: DRAIN_MS, nodeArgs: context.fault.nodeArgs },
    env: {
      ...nightEnv(plan),
      ...EMULATOR_ENV,
      DYNAMODB_ENDPOINT: emulator.endpoint,
      DYNAMODB_TABLE_PREFIX: tablePrefix,
      SLACK_API_URL: fake.apiUrl,
      ...context.fault.env,
    },
  });
  try {
    for (let number = 1; number <= 3; number++) await fleet.add(old);
    const answers = new Answers();
    const api = new ApiClient([balancer.url], (call, reply) => answers.see(call.path, reply));
    const ledger = new ReportLedger();
    const night = deploy(fleet, next, plan, context);
    const reports = reportUntil(plan.endsAt.getTime() - REPORTS_END_MS, api, ledger, context);
    // Neither is left alone when the other fails: it works in the folder of the drill.
    const ends = await Promise.allSettled([reports, readWhile(night, api)]);
    const faults = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as Error] : []));
    for (const fault of faults) if (!(fault instanceof Refused)) throw fault;
    await waitUntil(() => summaries(fake).length > 0, END_WITHIN_MS, 500);
    await sleep(SETTLED_AFTER_MS);
    findings.figure('requests', answers.total);
    findings.expectNone(
      'clients that were refused for good',
      faults.map(({ message }) => message),
    );
    findings.expectNone('requests that were not answered as they should be', [...answers.wrong]);
    findings.expectNone('requests that the balancer could not pass on', balancer.faults);
    findings.expectNone('stored things that one version could not read', fleet.unreadable());
    const stopped = fleet.exitCodes.filter((code) => code === 0).length;
    findings.expect('the old ones stopped by themselves, in time', stopped === 3, fleet.exitCodes.join(', '));
    const allNew = fleet.builds.length === 3 && fleet.builds.every((build) => build === next);
    findings.expect('all instances are new', allNew, fleet.builds.map(({ name }) => name).join(', '));
    checkNight(fake, plan, ledger, findings);
    const records = new DynamoRecords(emulator.endpoint, tablePrefix);
    await checkHistory({ api, ledger, slack: fake, records, instances: [] }, context, findings);
  } finally {
    await fleet.end();
    await balancer.close();
    emulator.stop();
    await fake.close();
  }
}

/** One instance is replaced at the start of the night, one at an interval, one at the end. */
async function deploy(
  fleet: Fleet,
  next: Build,
  { startsAt, endsAt, intervalMs }: NightPlan,
  { options: { sabotage }, say }: DrillContext,
): Promise<void> {
  const env: Record<string, string> =
    sabotage === 'elsewhere' ? { DYNAMODB_TABLE_PREFIX: `elsewhere-${Date.now()}-` } : {};
  for (const atMs of [startsAt.getTime(), startsAt.getTime() + intervalMs, endsAt.getTime()]) {
    await sleep(Math.max(0, atMs - AHEAD_MS - Date.now()));
    await fleet.add(next, env);
    await sleep(Math.max(0, atMs - Date.now()));
    await fleet.removeOldest(sabotage === 'kill' ? 'kill' : 'stop');
    say(`one instance replaced at ${new Date(atMs).toISOString().slice(11, 19)}`);
  }
}

/** Every attempt, and those whose answer no client should have to see. */
class Answers {
  total = 0;
  readonly wrong: string[] = [];

  see(path: string, reply: { readonly status: number } | { readonly fault: string }): void {
    this.total += 1;
    if ('fault' in reply) this.wrong.push(`${path}: ${reply.fault}`);
    else if (reply.status >= 300) this.wrong.push(`${path}: ${reply.status}`);
  }
}

/** The window opens at a full minute, when the first three are there and two thirds of a minute of reports. */
function planFrom(now: Date): NightPlan {
  const startsAt = new Date(Math.ceil((now.getTime() + 40_000) / MINUTE_MS) * MINUTE_MS);
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
    ...{
      api,
      ledger,
      seed,
      reporters: 4,
      schedulersEach: 25,
      failureEveryMs: 15_000,
      recover: true,
      pauseMs: 120,
    },
  });
  reporters.start();
  await Promise.race([reporters.failed, sleep(Math.max(0, atMs - Date.now()))]);
  await reporters.stop();
}

/** The last replacement is after the last report: there are requests all the same. */
async function readWhile(deploy: Promise<void>, api: ApiClient): Promise<void> {
  let over = false;
  const end = () => {
    over = true;
  };
  deploy.then(end, end);
  while (!over) {
    await api.attempt({ method: 'GET', path: '/schedulers?limit=20' });
    await sleep(READ_EVERY_MS);
  }
  await deploy;
}

function summaries(fake: FakeSlack): FakeMessage[] {
  return fake.messages(SLACK_CHANNEL).filter((message) => (keyOf(message) ?? '').endsWith(':summary'));
}
