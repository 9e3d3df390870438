import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../processes/median';
import { FakeSlack } from '../fakes/fake-slack';
import { appsFileOf } from '../harness/apps-file';
import { BoardPusher } from './board/board-pusher';
import { ApiClient, type Call, type NoReply, type Reply } from './frame/api-client';
import type { Drill, DrillCase, DrillContext, StorageName } from './frame/drill';
import type { Findings } from './frame/findings';
import { checkHistory } from './frame/history/check-history';
import { HISTORY_FAULTS } from './frame/history/history-faults';
import { ReportLedger } from './frame/history/report-ledger';
import { Latencies } from './frame/latencies';
import { Reporters } from './frame/reporters';
import { SettledMemory } from './frame/settled-memory';
import { SLACK_CHANNEL, slackEnv } from './frame/slack-ledger';
import { emulatorFor, recordsOf, storageEnv } from './frame/storage-env';
import { VesperProcess } from '../processes/vesper-process';
import { Samples } from './soak/samples';
import { lastTwoThirds, riseOf, type Point } from './soak/trend';

const MINUTES = 60;
const MINUTE_MS = 60_000;
const SAMPLES = 120;
const SAMPLE_AT_LEAST_EVERY_MS = 2_000;
/** Everything that was ever registered and failed stays known: some KiB each. Beyond that, nothing may grow. */
const GROWS_AT_MOST_MIB = 12;
/** What the process keeps of garbage between collections goes up and down by more than what is used. */
const RSS_GROWS_AT_MOST_MIB = 32;
const LAG_P99_MS = 100;
const LAG_GROWS_AT_MOST_MS = 20;
/** Of the longest within each few seconds: a collection of garbage may take a while, everything else may not. */
const LONGEST_LAG_MS = 300;
const HANDLES_GROW_AT_MOST = 20;
export const soakDrill: Drill = {
  name: 'soak',
  about:
    'an hour (--times: minutes) of mixed load: memory, handles and event-loop lag stay flat, no answer is wrong',
  atOnce: () => 2,
  sabotages: {
    ...HISTORY_FAULTS,
    leak: {
      about: 'Vesper keeps every request for ever',
      breaks: ['memory in use grows', 'resident memory (MiB) grows'],
      inVesper: 'leak',
    },
    block: {
      about: 'the event loop of Vesper stands still for 400 ms again and again',
      breaks: ['event-loop lag, longest'],
      inVesper: 'block',
    },
  },
  cases: ({ storages }) => storages.map(caseOn),
};

function caseOn(storage: StorageName): DrillCase {
  return {
    title: `mixed load, ${storage}`,
    run: (context, findings) => run(storage, context, findings),
  };
}

async function run(storage: StorageName, context: DrillContext, findings: Findings): Promise<void> {
  const { folder, options, say, fault } = context;
  const fake = await FakeSlack.start();
  const emulator = await emulatorFor(storage);
  const memory = new SettledMemory(folder);
  const vesper = await VesperProcess.create({
    nodeArgs: [...memory.nodeArgs, ...fault.nodeArgs],
    env: {
      ...{ ...slackEnv(fake), ...storageEnv(storage, context, emulator), ...memory.env, ...fault.env },
      ...{ APPS_CONFIG: writeApps(folder), LOG_LEVEL: 'warn' },
    },
    logFile: join(folder, 'vesper.log'),
  });
  try {
    await vesper.start();
    const { pid } = vesper;
    const ledger = new ReportLedger();
    const load = new MixedLoad(vesper, ledger, options.seed);
    const samples = new Samples(vesper, storage === 'json' ? join(folder, 'data') : null);
    const forMs = (options.times ?? MINUTES) * MINUTE_MS;
    load.start();
    await load.goOn(forMs / 3, samples, forMs / SAMPLES);
    const settled = await memory.of(vesper);
    say(`a third is over: ${settled.usedMiB.toFixed(1)} MiB in use`);
    await load.goOn((forMs * 2) / 3, samples, forMs / SAMPLES);
    const atEnd = await memory.of(vesper);
    await load.stop();
    findings.figure(
      'memory in use after a third and at the end',
      `${inMiB(settled.usedMiB)}, ${inMiB(atEnd.usedMiB)}`,
    );
    findings.figure(
      'resident after a third and at the end',
      `${inMiB(settled.rssMiB)}, ${inMiB(atEnd.rssMiB)}`,
    );
    findings.expect(
      `memory in use grows by no more than ${GROWS_AT_MOST_MIB} MiB`,
      atEnd.usedMiB - settled.usedMiB <= GROWS_AT_MOST_MIB,
      inMiB(atEnd.usedMiB - settled.usedMiB),
    );
    checkTrends(samples, findings);
    load.check(findings);
    findings.expect(
      'it is the process that was started',
      vesper.isRunning && vesper.pid === pid,
      `pid ${pid}`,
    );
    const { api } = load;
    const records = recordsOf(context, emulator);
    await checkHistory({ api, ledger, slack: fake, records, instances: [vesper] }, context, findings);
  } finally {
    await vesper.kill();
    emulator?.stop();
    await fake.close();
  }
}

/** Reporters, readers and pushers at a steady rate. */
class MixedLoad {
  readonly api: ApiClient;
  private readonly answers = new Map<string, number>();
  private readonly latencies = new Latencies();
  private readonly reporters: Reporters;
  private readonly pusher: BoardPusher;
  private stopping = false;
  private beside: Promise<unknown>[] = [];

  constructor(vesper: VesperProcess, ledger: ReportLedger, seed: number) {
    this.api = new ApiClient([vesper.url], (call, reply) => this.count(call, reply));
    const { api } = this;
    this.reporters = new Reporters({
      ...{ api, ledger, seed, reporters: 4, schedulersEach: 50, failureEveryMs: 4_000, recover: true },
      pauseMs: 200,
    });
    this.pusher = new BoardPusher(api, CELLS, seed);
  }

  start(): void {
    this.latencies.phase('load');
    this.reporters.start();
    this.beside = [this.every(500, () => this.read()), this.every(1_000, () => this.pusher.push())];
  }

  /** Takes samples meanwhile. Rejects when a client had to give up. */
  async goOn(forMs: number, samples: Samples, sampleEveryMs: number): Promise<void> {
    const until = performance.now() + forMs;
    const failed = Promise.race([this.reporters.failed, ...this.beside]);
    while (performance.now() < until) {
      await Promise.race([failed, sleep(Math.max(sampleEveryMs, SAMPLE_AT_LEAST_EVERY_MS))]);
      await samples.take();
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all([this.reporters.stop(), ...this.beside]);
  }

  check(findings: Findings): void {
    findings.figure('answers', [...this.answers].map(([what, times]) => `${times} × ${what}`).join(', '));
    for (const share of [0.5, 0.99])
      findings.figure(
        `answers after, p${share * 100}`,
        `${this.latencies.percentile('load', share).toFixed(1)} ms`,
      );
    findings.figure('pushes to the board', this.pusher.pushes);
    const wrong = [...this.answers].filter(([what]) => !/^2\d\d$/.test(what));
    findings.expectNone(
      'answers other than 2xx',
      wrong.map(([what, times]) => `${times} × ${what}`),
    );
  }

  private async read(): Promise<void> {
    for (const path of ['/schedulers?limit=50', '/status', '/health'])
      await this.api.untilAcknowledged({ method: 'GET', path });
  }

  private async every(ms: number, work: () => Promise<unknown>): Promise<void> {
    while (!this.stopping) {
      await work();
      await sleep(ms);
    }
  }

  private count(_call: Call, reply: Reply | NoReply): void {
    const what = 'status' in reply ? String(reply.status) : reply.fault;
    this.answers.set(what, (this.answers.get(what) ?? 0) + 1);
    if ('status' in reply) this.latencies.add(reply.latencyMs);
  }
}

const CELLS = ['Actual', 'Budget', 'Forecast'].map((domain) => ({ app: 'Planning', domain }));

function writeApps(folder: string): string {
  const file = join(folder, 'apps.json');
  const domains = CELLS.map(({ domain }) => domain);
  writeFileSync(file, appsFileOf(['Planning'], domains, { [SLACK_CHANNEL]: 'eod' }));
  return file;
}

function checkTrends(samples: Samples, findings: Findings): void {
  const trend = (name: Parameters<Samples['of']>[0]) => lastTwoThirds(samples.of(name));
  findings.figure('samples judged', trend('rssMiB').length);
  for (const name of [
    'rssMiB',
    'heapMiB',
    'lagP99Ms',
    'lagMaxMs',
    'handles',
    'openFiles',
    'folderMiB',
  ] as const)
    if (trend(name).length > 0) findings.figure(`${name}: from, to, trend adds`, spanOf(trend(name)));
  const flat = (what: string, name: Parameters<Samples['of']>[0], most: number) =>
    findings.expect(
      `${what} grows by no more than ${most} in the last two thirds`,
      riseOf(trend(name)) <= most,
      riseOf(trend(name)).toFixed(1),
    );
  flat('resident memory (MiB)', 'rssMiB', RSS_GROWS_AT_MOST_MIB);
  flat('event-loop lag, p99 (ms)', 'lagP99Ms', LAG_GROWS_AT_MOST_MS);
  flat('active handles', 'handles', HANDLES_GROW_AT_MOST);
  flat('open files and sockets', 'openFiles', HANDLES_GROW_AT_MOST);
  for (const [what, name, most] of [
    ['p99', 'lagP99Ms', LAG_P99_MS],
    ['longest', 'lagMaxMs', LONGEST_LAG_MS],
  ] as const) {
    const lag = median(trend(name).map(([, value]) => value));
    findings.expect(
      `event-loop lag, ${what}, median of all samples below ${most} ms`,
      lag < most,
      `${lag.toFixed(1)} ms`,
    );
  }
}

function spanOf(points: readonly Point[]): string {
  const [from, to] = [points[0]?.[1] ?? NaN, points.at(-1)?.[1] ?? NaN];
  return `${from.toFixed(1)}, ${to.toFixed(1)}, ${riseOf(points).toFixed(1)}`;
}

function inMiB(value: number): string {
  return `${value.toFixed(1)} MiB`;
}
