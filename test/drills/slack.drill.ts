import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeSlack, type FakeFault, type FakeMessage } from '../fakes/fake-slack';
import { ApiClient } from './frame/api-client';
import { callSlack } from './frame/call-slack';
import { checkAlertsOnce } from './frame/check-alerts';
import { checkReports } from './frame/check-reports';
import type { Drill, DrillContext } from './frame/drill';
import type { Findings } from './frame/findings';
import { Latencies } from './frame/latencies';
import { Reporters } from './frame/reporters';
import { ReportLedger } from './frame/report-ledger';
import { keyOf, SLACK_CHANNEL, slackEnv } from './frame/slack-ledger';
import { VesperProcess } from './frame/vesper-process';
import { waitUntil } from './frame/waiting';

const TROUBLE_MS = 9_000;
const HEALTHY_MS = 4_000;
/** What the backlog of one trouble takes at a message a second, and the longest pause before a retry. */
const CAUGHT_UP_WITHIN_MS = 90_000;
const SLOWER_AT_MOST = 2;
/** Noise of a machine that does other things. */
const NOISE_MS = 10;

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

export const slackDrill: Drill = {
  name: 'slack',
  about:
    'Slack down, slow, rate-limiting, answering garbage: no request slower, every alert told once, in order',
  sabotages: {
    alert: 'deletes one alert from Slack',
    order: 'edits a resolved alert back to what it said before',
    slow: 'counts the requests of each trouble as slower than they were',
  },
  cases: () => [{ title: 'Slack in every kind of trouble', run }],
};

async function run(context: DrillContext, findings: Findings): Promise<void> {
  const fake = await FakeSlack.start();
  const vesper = await VesperProcess.start({
    env: { ...slackEnv(fake), DATA_DIR: join(context.folder, 'data') },
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
    for (const trouble of TROUBLES) await goThrough(trouble, fake, latencies, context, reporters);
    latencies.phase('healthy');
    await reporters.stop();
    await waitUntil(() => isCaughtUp(fake, ledger), CAUGHT_UP_WITHIN_MS, 500);
    await plant(context, fake);
    checkLatencies(latencies, context.options.sabotage === 'slow', findings);
    await checkAlertsOnce(fake, ledger, findings);
    checkOrder(fake, ledger, findings);
    await checkReports(api, ledger, findings);
  } finally {
    await vesper.kill();
    await fake.close();
  }
}

async function goThrough(
  { name, fault }: Trouble,
  fake: FakeSlack,
  latencies: Latencies,
  { say }: DrillContext,
  reporters: Reporters,
): Promise<void> {
  latencies.phase('healthy');
  await Promise.race([reporters.failed, sleep(HEALTHY_MS)]);
  say(`Slack is ${name}`);
  latencies.phase(name);
  fake.fault(fault);
  await Promise.race([reporters.failed, sleep(TROUBLE_MS)]);
  fake.clearFaults();
}

function checkLatencies(latencies: Latencies, pretend: boolean, findings: Findings): void {
  const healthyMs = latencies.percentile('healthy', 0.99);
  const allowedMs = healthyMs * SLOWER_AT_MOST + NOISE_MS;
  findings.figure('p99 of requests while Slack is healthy', `${healthyMs.toFixed(1)} ms`);
  const slower = TROUBLES.map(({ name }) => {
    const ms = latencies.percentile(name, 0.99) + (pretend ? allowedMs : 0);
    findings.figure(`p99 while it is ${name}`, `${ms.toFixed(1)} ms of ${latencies.count(name)} requests`);
    return { name, ms };
  }).filter(({ ms }) => !(ms <= allowedMs));
  findings.expectNone(
    `requests slower than ${SLOWER_AT_MOST} x healthy + ${NOISE_MS} ms (p99)`,
    slower.map(({ name, ms }) => `${name} ${ms.toFixed(1)} ms`),
  );
}

/** A firing alert stays as it was posted; a resolved one was edited once, after it was posted, and has one note in its thread. */
function checkOrder(fake: FakeSlack, ledger: ReportLedger, findings: Findings): void {
  const resolved = ledger.failed.filter((id) => ledger.updatesOf(id).at(-1)?.status === 'completed');
  findings.figure('alerts resolved', resolved.length);
  findings.expect('something was resolved', resolved.length > 0, `${resolved.length} alerts`);
  const wrong: string[] = [];
  for (const id of ledger.failed) {
    const message = messageAbout(fake, id);
    if (message === undefined) continue; // told as lost
    const versions = [...message.edits.map(({ text }) => text), message.text];
    const firstResolved = versions.findIndex(saysResolved);
    const isResolved = resolved.includes(id);
    const inOrder = isResolved
      ? firstResolved > 0 && versions.slice(firstResolved).every(saysResolved)
      : firstResolved === -1;
    const notes = fake.thread(SLACK_CHANNEL, message.ts).length;
    if (!inOrder || notes !== (isResolved ? 1 : 0))
      wrong.push(`${id}: ${versions.join(' → ')}, ${notes} notes`);
  }
  findings.expectNone('alerts whose events were told out of order, in part or twice', wrong);
}

function isCaughtUp(fake: FakeSlack, ledger: ReportLedger): boolean {
  return ledger.failed.every((id) => {
    const message = messageAbout(fake, id);
    const mustBeResolved = ledger.updatesOf(id).at(-1)?.status === 'completed';
    return message !== undefined && saysResolved(message.text) === mustBeResolved;
  });
}

function messageAbout(fake: FakeSlack, id: string): FakeMessage | undefined {
  const text = `Job ${id} failed`;
  return fake
    .messages(SLACK_CHANNEL)
    .find((message) => message.threadTs === null && keyOf(message) !== null && message.text.includes(text));
}

function saysResolved(text: string): boolean {
  return text.includes('Resolved:');
}

async function plant({ options: { sabotage } }: DrillContext, fake: FakeSlack): Promise<void> {
  const messages = fake.messages(SLACK_CHANNEL);
  if (sabotage === 'alert') {
    const [first] = messages;
    if (first !== undefined) fake.deleteMessage(SLACK_CHANNEL, first.ts);
  }
  if (sabotage === 'order') {
    const resolved = messages.find((message) => message.threadTs === null && saysResolved(message.text));
    if (resolved === undefined) throw new Error('nothing was resolved');
    const before = { ts: resolved.ts, text: resolved.edits[0]?.text };
    await waitUntil(() => callSlack(fake, 'chat.update', before), 10_000, 500);
  }
}
