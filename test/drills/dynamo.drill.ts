import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeSlack } from '../fakes/fake-slack';
import { ApiClient, type Call, type NoReply, type Reply } from './frame/api-client';
import type { Drill, DrillCase, DrillContext } from './frame/drill';
import { DynamoProxy, type DynamoTrouble } from './frame/dynamo-proxy';
import { startEmulator } from '../processes/emulator';
import type { Findings } from './frame/findings';
import { checkHistory } from './frame/history/check-history';
import { DynamoRecords } from './frame/history/dynamo-records';
import { HISTORY_FAULTS } from './frame/history/history-faults';
import { ReportLedger } from './frame/history/report-ledger';
import { LastWords } from './frame/last-words';
import { Reporters } from './frame/reporters';
import { slackEnv, windowFarAway } from './frame/slack-ledger';
import { EMULATOR_ENV, VesperProcess } from '../processes/vesper-process';
import { waitUntil } from '../processes/waiting';

const HEALTHY_MS = 3_000;
const HEARD_MS = 300;
const BACK_WITHIN_MS = 15_000;
/** What a client waits before it is told to come again: the deadline of a call to DynamoDB, and a little. */
const ANSWERED_WITHIN_MS = 9_500;
const REFUSES_TO_START_WITHIN_MS = 60_000;

interface Outage {
  readonly title: string;
  readonly trouble: DynamoTrouble;
  readonly forMs: number;
  /** Nothing can be acknowledged while it lasts. */
  readonly total: boolean;
}

const OUTAGES: readonly Outage[] = [
  { title: 'DynamoDB gone for 30 s', trouble: { kind: 'gone' }, forMs: 30_000, total: true },
  { title: 'DynamoDB silent for 30 s', trouble: { kind: 'hanging' }, forMs: 30_000, total: true },
  {
    title: 'DynamoDB taking 60 calls a second for 20 s',
    trouble: { kind: 'throttling', perSecond: 60 },
    forMs: 20_000,
    total: false,
  },
  {
    title: 'DynamoDB throttling every call for 15 s',
    trouble: { kind: 'throttling', perSecond: 0 },
    forMs: 15_000,
    total: true,
  },
];

const OUTAGES_SHORT: readonly Outage[] = [
  { title: 'DynamoDB silent for 8 s', trouble: { kind: 'hanging' }, forMs: 8_000, total: true },
  {
    title: 'DynamoDB throttling every call for 6 s',
    trouble: { kind: 'throttling', perSecond: 0 },
    forMs: 6_000,
    total: true,
  },
];

const OWN_FAULTS: readonly string[] = ['mute', 'ready', 'early'];

export const dynamoDrill: Drill = {
  name: 'dynamo',
  about:
    'DynamoDB gone, silent, throttling, without a table: 503 with Retry-After, nothing lost, back by itself',
  atOnce: ({ short }) => (short ? Infinity : 1),
  sabotages: {
    ...HISTORY_FAULTS,
    tables: { about: 'lets missing tables be made', breaks: ['it ends', 'and names the missing table'] },
    mute: {
      about: 'Vesper does not say when to come again',
      breaks: ['every 503 says when to come again', 'is told when to come again'],
      inVesper: 'no Retry-After',
    },
    ready: {
      about: 'Vesper says that it is ready whatever it can do',
      breaks: ['it is not ready meanwhile'],
      inVesper: 'always ready',
    },
    early: {
      about: 'Vesper acknowledges heartbeats before they are written',
      breaks: ['nothing is acknowledged meanwhile', 'acknowledged heartbeats lost'],
      inVesper: 'early heartbeats',
    },
  },
  cases: ({ storages, sabotage, short }) => {
    if (!storages.includes('dynamodb')) return [];
    const withoutTables = { title: 'a table is missing at the start', run: startWithoutTables };
    if (sabotage === 'tables') return [withoutTables];
    const all = short ? OUTAGES_SHORT : OUTAGES;
    // What Vesper must refuse in an outage, it must refuse where nothing is taken.
    const outages =
      sabotage !== null && OWN_FAULTS.includes(sabotage) ? all.filter(({ total }) => total) : all;
    return [...(sabotage === null ? [withoutTables] : []), ...outages.map(toCase)];
  },
};

function toCase(outage: Outage): DrillCase {
  return { title: outage.title, run: (context, findings) => suffer(outage, context, findings) };
}

async function startWithoutTables(context: DrillContext, findings: Findings): Promise<void> {
  const emulator = await startEmulator();
  const vesper = await VesperProcess.create({
    env: {
      ...EMULATOR_ENV,
      DYNAMODB_ENDPOINT: emulator.endpoint,
      DYNAMODB_CREATE_TABLES: String(context.options.sabotage === 'tables'),
      DYNAMODB_TABLE_PREFIX: `none-${Date.now()}-`,
    },
    logFile: join(context.folder, 'vesper.log'),
  });
  try {
    vesper.launch();
    await vesper.whenGoneOrReady(REFUSES_TO_START_WITHIN_MS);
    const ended = !vesper.isRunning;
    const said = vesper.output();
    findings.expect('it ends', ended, ended ? `exit code ${vesper.exitCode}` : 'it still runs');
    findings.expect('with an exit code that says so', vesper.exitCode === 1, String(vesper.exitCode));
    findings.expect('and names the missing table', said.includes('schedulers'), said.trim().slice(0, 300));
    findings.expect(
      'without a stack trace',
      !/\n\s+at /.test(said),
      said.includes('    at ') ? 'one' : 'none',
    );
  } finally {
    await vesper.kill();
    emulator.stop();
  }
}

async function suffer(outage: Outage, context: DrillContext, findings: Findings): Promise<void> {
  const emulator = await startEmulator();
  const fake = await FakeSlack.start();
  const proxy = await DynamoProxy.start(emulator.endpoint);
  const prefix = `outage-${Date.now()}-`;
  const vesper = await VesperProcess.start({
    nodeArgs: context.fault.nodeArgs,
    env: {
      ...slackEnv(fake),
      ...EMULATOR_ENV,
      ...windowFarAway(),
      ...context.fault.env,
      DYNAMODB_ENDPOINT: proxy.endpoint,
      DYNAMODB_TABLE_PREFIX: prefix,
    },
    logFile: join(context.folder, 'vesper.log'),
  });
  const ledger = new ReportLedger();
  const answers = new Answers();
  const api = new ApiClient([vesper.url], (call, reply) => answers.count(call, reply));
  const { seed } = context.options;
  const reporters = new Reporters({
    api,
    ledger,
    seed,
    reporters: 6,
    schedulersEach: 8,
    failureEveryMs: 3_000,
    recover: true,
    pauseMs: 40,
  });
  try {
    reporters.start();
    await Promise.race([reporters.failed, sleep(HEALTHY_MS)]);
    const words = await LastWords.begin('outage', api, ledger);
    await sleep(HEARD_MS);
    proxy.trouble = outage.trouble;
    answers.begin();
    await sleep(outage.forMs / 2);
    const readyMeanwhile = await vesper.probe('/api/v1/health/ready');
    const liveMeanwhile = await vesper.probe('/api/v1/health/live');
    await Promise.race([reporters.failed, sleep(outage.forMs / 2)]);
    const seen = answers.end();
    proxy.trouble = { kind: 'none' };
    const backAt = performance.now();
    const back = await waitUntil(() => answers.acknowledged > 0, BACK_WITHIN_MS, 20);
    const backMs = performance.now() - backAt;
    await sleep(HEALTHY_MS);
    await reporters.stop();
    await words.stop();

    findings.figure('answers during the outage', seen.byStatus);
    findings.figure('calls throttled', `${proxy.throttled}, taken meanwhile ${proxy.taken}`);
    findings.figure('slowest answer during the outage', `${seen.slowestMs.toFixed(0)} ms`);
    findings.figure('first acknowledgement after it', `${backMs.toFixed(0)} ms`);
    findings.expect('it goes on living', vesper.isRunning && liveMeanwhile === 200, `live ${liveMeanwhile}`);
    checkRefusals(outage, seen, readyMeanwhile, proxy, findings);
    findings.expectNone('answers other than 2xx and 503', seen.unexpected);
    findings.expect(
      'every 503 says when to come again',
      seen.withoutRetryAfter === 0,
      `${seen.withoutRetryAfter} do not`,
    );
    findings.expect(
      `answers within ${ANSWERED_WITHIN_MS} ms`,
      seen.slowestMs < ANSWERED_WITHIN_MS,
      `${seen.slowestMs.toFixed(0)} ms`,
    );
    findings.expect(`works again within ${BACK_WITHIN_MS} ms`, back, `${backMs.toFixed(0)} ms`);
    findings.expect(
      'ready again',
      await waitUntil(async () => (await vesper.probe('/api/v1/health/ready')) === 200, BACK_WITHIN_MS),
      'asked',
    );
    const records = new DynamoRecords(emulator.endpoint, prefix);
    await checkHistory({ api, ledger, slack: fake, records, instances: [vesper] }, context, findings);
  } finally {
    await vesper.kill();
    await proxy.close();
    await fake.close();
    emulator.stop();
  }
}

/** That there was an outage, and that whoever called was told so. */
function checkRefusals(
  { trouble, total }: Outage,
  { toldToComeAgain, begunAndAcknowledged }: Seen,
  ready: number | null,
  { throttled }: DynamoProxy,
  findings: Findings,
): void {
  if (trouble.kind === 'throttling')
    findings.expect('calls were throttled', throttled > 0, String(throttled));
  if (!total) return;
  findings.expect('it is not ready meanwhile', ready === 503, String(ready));
  findings.expect(
    'somebody is told when to come again',
    toldToComeAgain > 0,
    `${toldToComeAgain} answers of 503 with Retry-After`,
  );
  findings.expect(
    'nothing is acknowledged meanwhile',
    begunAndAcknowledged === 0,
    String(begunAndAcknowledged),
  );
}

type Seen = ReturnType<Answers['end']>;

/** What was answered while the outage lasted, and whether anything was afterwards. */
class Answers {
  private statuses = new Map<string, number>();
  private withoutRetryAfter = 0;
  private toldToComeAgain = 0;
  private slowestMs = 0;
  private unexpected: string[] = [];
  /** Of calls that were made before the outage nobody can say when they were written. */
  private begunAndAcknowledged = 0;
  private beganAt = 0;
  acknowledged = 0;

  begin(): void {
    this.statuses = new Map();
    [this.withoutRetryAfter, this.toldToComeAgain, this.slowestMs, this.unexpected] = [0, 0, 0, []];
    [this.begunAndAcknowledged, this.beganAt] = [0, performance.now()];
  }

  count({ method, path }: Call, reply: Reply | NoReply): void {
    const what = 'status' in reply ? String(reply.status) : reply.fault;
    this.statuses.set(what, (this.statuses.get(what) ?? 0) + 1);
    if (!('status' in reply)) {
      this.unexpected.push(`${method} ${path}: ${reply.fault}`);
      return;
    }
    this.slowestMs = Math.max(this.slowestMs, reply.latencyMs);
    if (reply.status === 503 && reply.retryAfter === null) this.withoutRetryAfter += 1;
    if (reply.status === 503 && reply.retryAfter !== null) this.toldToComeAgain += 1;
    if (reply.status >= 200 && reply.status < 300) {
      this.acknowledged += 1;
      if (performance.now() - reply.latencyMs > this.beganAt) this.begunAndAcknowledged += 1;
    } else if (reply.status !== 503) this.unexpected.push(`${method} ${path}: ${reply.status}`);
  }

  end() {
    const { withoutRetryAfter, toldToComeAgain, begunAndAcknowledged, slowestMs, unexpected } = this;
    const byStatus = [...this.statuses].map(([status, times]) => `${times} × ${status}`).join(', ');
    this.acknowledged = 0;
    return { byStatus, withoutRetryAfter, toldToComeAgain, begunAndAcknowledged, slowestMs, unexpected };
  }
}
