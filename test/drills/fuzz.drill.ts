import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeSlack } from '../fakes/fake-slack';
import { appsFileOf } from '../harness/apps-file';
import { ApiClient } from './frame/api-client';
import type { Drill, DrillCase, DrillContext, StorageName } from './frame/drill';
import type { Findings } from './frame/findings';
import { SettledMemory } from './frame/settled-memory';
import { SLACK_CHANNEL, slackEnv } from './frame/slack-ledger';
import { emulatorFor, storageEnv } from './frame/storage-env';
import { VesperProcess } from '../processes/vesper-process';
import { Canary } from './fuzz/canary';
import { checkMarkup } from './fuzz/check-markup';
import { Fuzzer } from './fuzz/fuzzer';
import { HostileJobs } from './fuzz/hostile-jobs';
import { readContract } from './fuzz/judging-connection';
import { apiKeys } from './fuzz/keys';

const THOUSANDS = 100;
/** The rest goes to the JSON storage: on an emulator a request costs several times as much. */
const SHARE_ON_DYNAMODB = 0.1;
const RAW_SHARE = 0.04;
const CONNECTIONS = 8;
/** Whatever is valid among the requests stays: schedulers, history, alerts that wait for their turn in Slack. */
const GROWS_AT_MOST_MIB = 24;
const RSS_GROWS_AT_MOST_MIB = 96;
/** On two cores that have nothing else to do. */
const CANARY_P99_MS = 300;
/** The last hostile words, a message a second. */
const TOLD_WITHIN_MS = 8_000;
const HOUR_MS = 3_600_000;
const CELLS = ['Actual', 'Budget', 'Forecast'].map((domain) => ({ app: 'Planning', domain }));

export const fuzzDrill: Drill = {
  name: 'fuzz',
  about:
    '100,000 (--times: thousands) malformed and hostile requests: no 5xx, no crash, no markup in Slack, memory stable',
  sabotages: {
    markup: {
      about: 'Vesper writes one kind of text to Slack as it came',
      breaks: ['mentions and links in messages', 'bells in the text or blocks of messages'],
      inVesper: 'markup',
    },
    fault: {
      about: 'one odd run id is a fault of the server',
      breaks: ['answers that are a fault of the server', 'faults in the log'],
      inVesper: 'fault',
    },
    crash: {
      about: 'one odd path ends the process',
      breaks: ['it is the process that was started'],
      inVesper: 'crash',
    },
    leak: {
      about: 'Vesper keeps every request for ever',
      breaks: ['memory in use grows', 'resident memory grows'],
      inVesper: 'leak',
    },
    block: {
      about: 'the event loop of Vesper stands still for 400 ms again and again',
      breaks: ['good requests answered within'],
      inVesper: 'block',
    },
    nameless: {
      about: 'violations do not say which field they are about',
      breaks: ['violations that name no field'],
      inVesper: 'nameless',
    },
  },
  cases: ({ storages }) => storages.map((storage) => caseOn(storage, storages.length > 1)),
};

function caseOn(storage: StorageName, isShared: boolean): DrillCase {
  const share = !isShared ? 1 : storage === 'dynamodb' ? SHARE_ON_DYNAMODB : 1 - SHARE_ON_DYNAMODB;
  return {
    title: `hostile requests, ${storage}`,
    run: (context, findings) => run(storage, share, context, findings),
  };
}

async function run(
  storage: StorageName,
  share: number,
  context: DrillContext,
  findings: Findings,
): Promise<void> {
  const { folder, options, say, fault } = context;
  const fake = await FakeSlack.start();
  const emulator = await emulatorFor(storage);
  const memory = new SettledMemory(folder);
  const vesper = await VesperProcess.create({
    nodeArgs: [...memory.nodeArgs, ...fault.nodeArgs],
    env: {
      ...{ ...slackEnv(fake), ...openWindow(), ...storageEnv(storage, context, emulator) },
      ...{ ...memory.env, ...fault.env, APPS_CONFIG: writeApps(folder) },
      ...{ LOG_LEVEL: 'warn', API_KEYS: apiKeys() },
    },
    logFile: join(folder, 'vesper.log'),
  });
  try {
    await vesper.start();
    const { pid } = vesper;
    const total = Math.round((options.times ?? THOUSANDS) * 1_000 * share);
    const api = new ApiClient([vesper.url]);
    const fuzzer = new Fuzzer(vesper.url, await readContract(vesper.url), options.seed);
    const canary = new Canary(api);
    const hostile = new HostileJobs(api, options.seed, CELLS);
    const over = new AbortController();
    await canary.register();
    const beside = Promise.all([canary.sing(over.signal), hostile.report(over.signal)]);
    const send = async (part: number) => {
      const raw = Math.round(total * part * RAW_SHARE);
      const sending = fuzzer.send(Math.round(total * part) - raw, raw, CONNECTIONS);
      await Promise.race([sending, died(vesper, over.signal)]);
    };
    const startedAt = performance.now();
    await send(0.25);
    const before = vesper.isRunning ? await memory.of(vesper) : null;
    say(`a quarter is over: ${before?.usedMiB.toFixed(1)} MiB in use`);
    if (vesper.isRunning) await send(0.75);
    const seconds = (performance.now() - startedAt) / 1_000;
    await sleep(TOLD_WITHIN_MS);
    over.abort();
    await beside;
    const after = vesper.isRunning ? await memory.of(vesper) : null;

    findings.figure(
      'requests',
      `${fuzzer.sent} made from the document, ${fuzzer.raw} of bytes, ${((fuzzer.sent + fuzzer.raw) / seconds).toFixed(0)}/s`,
    );
    findings.figure(
      'answers',
      [...fuzzer.statuses]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([what, times]) => `${times} × ${what}`)
        .join(', '),
    );
    findings.figure('answers that pass on what Slack did', fuzzer.ofSlack);
    findings.figure('hostile words', `${hostile.taken} reports taken, ${hostile.refused} refused`);
    findings.expect(
      'it is the process that was started',
      vesper.isRunning && vesper.pid === pid,
      vesper.isRunning ? `pid ${pid}` : `it ended: ${vesper.exitCode}`,
    );
    findings.expectNone('answers that are a fault of the server', [
      ...fuzzer.serverFaults,
      ...hostile.serverFaults,
    ]);
    findings.expectNone('answers other than documented', fuzzer.undocumented);
    findings.expectNone('violations that name no field', fuzzer.unnamed);
    findings.expectNone('requests from the document without an answer', fuzzer.unanswered);
    findings.expectNone('faults in the log', faultsIn(vesper.output()));
    checkMemory(before, after, findings);
    checkCanary(canary, findings);
    checkMarkup(fake, findings);
  } finally {
    await vesper.kill();
    emulator?.stop();
    await fake.close();
  }
}

/** Resolves when the process is gone before the work is over: nobody answers the rest. */
async function died(vesper: VesperProcess, over: AbortSignal): Promise<void> {
  while (vesper.isRunning && !over.aborted) await sleep(500);
}

function checkMemory(
  before: Awaited<ReturnType<SettledMemory['of']>> | null,
  after: Awaited<ReturnType<SettledMemory['of']>> | null,
  findings: Findings,
): void {
  const [used, rss] = [
    (after?.usedMiB ?? NaN) - (before?.usedMiB ?? NaN),
    (after?.rssMiB ?? NaN) - (before?.rssMiB ?? NaN),
  ];
  findings.figure(
    'memory in use after a quarter and at the end',
    `${before?.usedMiB.toFixed(1)}, ${after?.usedMiB.toFixed(1)} MiB`,
  );
  findings.figure(
    'resident after a quarter and at the end',
    `${before?.rssMiB.toFixed(1)}, ${after?.rssMiB.toFixed(1)} MiB`,
  );
  findings.expect(
    `memory in use grows by no more than ${GROWS_AT_MOST_MIB} MiB`,
    used <= GROWS_AT_MOST_MIB,
    `${used.toFixed(1)} MiB`,
  );
  findings.expect(
    `resident memory grows by no more than ${RSS_GROWS_AT_MOST_MIB} MiB`,
    rss <= RSS_GROWS_AT_MOST_MIB,
    `${rss.toFixed(1)} MiB`,
  );
}

function checkCanary({ latencies, wrong }: Canary, findings: Findings): void {
  const p99 = latencies.percentile('song', 0.99);
  findings.figure(
    'good requests beside them',
    `${latencies.count('song')}, p50 ${latencies.percentile('song', 0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
  );
  findings.expectNone('good requests that were not answered well', wrong);
  findings.expect(
    `good requests answered within ${CANARY_P99_MS} ms (p99)`,
    p99 <= CANARY_P99_MS,
    `${p99.toFixed(1)} ms`,
  );
}

/** Refusals are no faults; whatever is logged as an error is. */
function faultsIn(log: string): readonly string[] {
  return log
    .split('\n')
    .filter((line) => /"level":"(error|fatal)"|Uncaught|UnhandledPromise/.test(line))
    .map((line) => line.slice(0, 300));
}

/** Open now, so that the names of all jobs come into a table every minute. */
function openWindow(): Record<string, string> {
  const at = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString().slice(11, 13);
  const [start, end] = [`${at(-1)}:00`, `${at(3)}:00`];
  return {
    EOD_TIMEZONE: 'UTC',
    EOD_WINDOW_START: start,
    EOD_WINDOW_END: end,
    EOD_UPDATE_INTERVAL_MINUTES: '1',
  };
}

function writeApps(folder: string): string {
  const file = join(folder, 'apps.json');
  const domains = CELLS.map(({ domain }) => domain);
  writeFileSync(file, appsFileOf(['Planning'], domains, { [SLACK_CHANNEL]: 'eod' }));
  return file;
}
