import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeSlack, type FakeFault } from '../fakes/fake-slack';
import { ApiClient } from './frame/api-client';
import type { Drill, DrillCase, DrillContext, DrillOptions, StorageName } from './frame/drill';
import type { Findings } from './frame/findings';
import { isToldWhole } from './frame/history/check-alerts';
import { checkHistory } from './frame/history/check-history';
import { HISTORY_FAULTS } from './frame/history/history-faults';
import { ReportLedger } from './frame/history/report-ledger';
import { Latencies } from './frame/latencies';
import { Reporters } from './frame/reporters';
import { slackEnv } from './frame/slack-ledger';
import { emulatorFor, recordsOf, storageEnv } from './frame/storage-env';
import { VesperProcess } from '../processes/vesper-process';
import { waitUntil } from '../processes/waiting';

const TROUBLE_MS = 9_000;
const HEALTHY_MS = 4_000;
const TROUBLE_SHORT_MS = 4_000;
const HEALTHY_SHORT_MS = 2_000;
/** What the backlog of one trouble takes at a message a second, and the longest pause before a retry. */
const CAUGHT_UP_WITHIN_MS = 90_000;
const SLOWER_AT_MOST = 2;
/** Noise of a machine that does other things. */
const NOISE_MS = 10;
/** The short form runs beside other drills. */
const NOISE_SHORT_MS = 60;

interface Trouble {
  readonly name: string;
  readonly fault: FakeFault;
}

const TROUBLES: readonly Trouble[] = [
  { name: 'down', fault: { kind: 'refuse', times: Infinity } },
  { name: 'hanging', fault: { kind: 'hang', times: Infinity } },
  { name: 'slow', fault: { kind: 'slow', delayMs: 3_000, times: Infinity } },
  { name: 'rate-limiting', fault: { kind: 'rate_limited', retryAfterSeconds: 2, times: Infinity } },
  {
    name: 'rate-limiting without saying until when',
    fault: { kind: 'rate_limited_without_retry_after', times: Infinity },
  },
  { name: 'answering garbage', fault: { kind: 'garbage', times: Infinity } },
  { name: 'failing', fault: { kind: 'http_error', status: 503, times: Infinity } },
  {
    name: 'storing and dropping the answer',
    fault: { kind: 'store_then_drop', method: 'chat.postMessage', times: 4 },
  },
  {
    name: 'storing and answering with an error',
    fault: { kind: 'store_then_error', method: 'chat.postMessage', times: 4 },
  },
];

/** One of each way in which an answer fails to come. */
const IN_SHORT: readonly string[] = ['hanging', 'rate-limiting', 'storing and dropping the answer'];

export const slackDrill: Drill = {
  name: 'slack',
  about:
    'Slack down, slow, rate-limiting, answering garbage: no request slower, every alert told once, in order',
  sabotages: {
    ...HISTORY_FAULTS,
    slow: {
      about: 'Vesper stands still for 200 ms, three times, whenever Slack fails',
      breaks: ['requests slower than'],
      inVesper: 'slow with Slack',
    },
  },
  cases: ({ storages, short }) => (short ? storages.slice(0, 1) : storages).map(caseOn),
};

function caseOn(storage: StorageName): DrillCase {
  return {
    title: `Slack in every kind of trouble, ${storage}`,
    run: (context, findings) => run(storage, context, findings),
  };
}

async function run(storage: StorageName, context: DrillContext, findings: Findings): Promise<void> {
  const { short } = context.options;
  const fake = await FakeSlack.start();
  const emulator = await emulatorFor(storage);
  const vesper = await VesperProcess.start({
    nodeArgs: context.fault.nodeArgs,
    env: { ...slackEnv(fake), ...storageEnv(storage, context, emulator), ...context.fault.env },
    logFile: join(context.folder, 'vesper.log'),
  });
  const ledger = new ReportLedger();
  const api = new ApiClient([vesper.url]);
  const latencies = new Latencies();
  const reporters = new Reporters({
    api,
    ledger,
    seed: context.options.seed,
    reporters: 6,
    schedulersEach: 10,
    failureEveryMs: 2_500,
    recover: true,
    pauseMs: 25,
    onLatency: (ms) => latencies.add(ms),
  });
  try {
    reporters.start();
    // What a process does for the first time takes longer.
    await Promise.race([reporters.failed, sleep(HEALTHY_MS)]);
    // Before any trouble: what one leaves behind must not count as healthy.
    latencies.phase('healthy');
    await Promise.race([reporters.failed, sleep(2 * HEALTHY_MS)]);
    const troubles = TROUBLES.filter(({ name }) => !short || IN_SHORT.includes(name));
    for (const trouble of troubles) await goThrough(trouble, fake, latencies, context, reporters);
    latencies.phase('recovered');
    await reporters.stop();
    await waitUntil(() => isToldWhole(fake, ledger), CAUGHT_UP_WITHIN_MS, 500);
    checkLatencies(latencies, troubles, context.options, findings);
    const records = recordsOf(context, emulator);
    await checkHistory({ api, ledger, slack: fake, records, instances: [vesper] }, context, findings);
  } finally {
    await vesper.kill();
    emulator?.stop();
    await fake.close();
  }
}

async function goThrough(
  { name, fault }: Trouble,
  fake: FakeSlack,
  latencies: Latencies,
  { say, options: { short } }: DrillContext,
  reporters: Reporters,
): Promise<void> {
  latencies.phase('recovered');
  await Promise.race([reporters.failed, sleep(short ? HEALTHY_SHORT_MS : HEALTHY_MS)]);
  say(`Slack is ${name}`);
  latencies.phase(name);
  fake.fault(fault);
  await Promise.race([reporters.failed, sleep(short ? TROUBLE_SHORT_MS : TROUBLE_MS)]);
  fake.clearFaults();
}

function checkLatencies(
  latencies: Latencies,
  troubles: readonly Trouble[],
  { short }: DrillOptions,
  findings: Findings,
): void {
  const healthyMs = latencies.percentile('healthy', 0.99);
  const noiseMs = short ? NOISE_SHORT_MS : NOISE_MS;
  const allowedMs = healthyMs * SLOWER_AT_MOST + noiseMs;
  findings.figure('p99 of requests before any trouble', `${healthyMs.toFixed(1)} ms`);
  const slower = troubles
    .map(({ name }) => {
      const ms = latencies.percentile(name, 0.99);
      findings.figure(`p99 while it is ${name}`, `${ms.toFixed(1)} ms of ${latencies.count(name)} requests`);
      return { name, ms };
    })
    .filter(({ ms }) => !(ms <= allowedMs));
  findings.expectNone(
    `requests slower than ${SLOWER_AT_MOST} x healthy + ${noiseMs} ms (p99)`,
    slower.map(({ name, ms }) => `${name} ${ms.toFixed(1)} ms`),
  );
}
