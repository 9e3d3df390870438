import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeSlack, type FakeMessage } from '../../fakes/fake-slack';
import { ApiClient } from '../frame/api-client';
import type { DrillCase, DrillContext, StorageName } from '../frame/drill';
import type { Findings } from '../frame/findings';
import { checkHistory } from '../frame/history/check-history';
import { ReportLedger } from '../frame/history/report-ledger';
import type { StoredRecords } from '../frame/history/stored-records';
import { MovableClock, SEEN_AFTER_MS } from '../frame/movable-clock';
import { Reporters } from '../frame/reporters';
import { keyOf, SLACK_CHANNEL, slackEnv } from '../frame/slack-ledger';
import { emulatorFor, recordsOf, storageEnv } from '../frame/storage-env';
import { VesperProcess } from '../../processes/vesper-process';
import { LivingJobs } from './living-jobs';

const HOUR_MS = 3_600_000;
const PHASE_MS = 8_000;
const STALE_AFTER_SECONDS = 20;
/** Longer than a job may be silent. */
const LONG_PHASE_MS = 30_000;

interface Step {
  readonly what: string;
  readonly byMs: number;
  readonly forMs: number;
}

const STEPS: readonly Step[] = [
  { what: 'as it is', byMs: 0, forMs: PHASE_MS },
  { what: 'an hour back', byMs: -HOUR_MS, forMs: PHASE_MS },
  { what: 'an hour forward again', byMs: HOUR_MS, forMs: PHASE_MS },
  { what: 'four minutes back', byMs: -4 * 60_000, forMs: LONG_PHASE_MS },
  { what: 'four minutes forward again', byMs: 4 * 60_000, forMs: PHASE_MS },
];

/** @param instances the clock of the first one is set; the others go on as they are */
export function steppingCase(storage: StorageName, instances: number): DrillCase {
  const whose = instances === 1 ? 'the clock' : `one clock of ${instances}`;
  return {
    title: `${whose} stepping back and forth, ${storage}`,
    run: (context, findings) => run(storage, instances, context, findings),
  };
}

async function run(
  storage: StorageName,
  count: number,
  context: DrillContext,
  findings: Findings,
): Promise<void> {
  const { folder, options, say } = context;
  const fake = await FakeSlack.start();
  const emulator = await emulatorFor(storage);
  const env = { ...slackEnv(fake), ...windowAround(), ...storageEnv(storage, context, emulator), ...SCAN };
  const clocks = Array.from({ length: count }, (_, n) => new MovableClock(folder, `clock-${n + 1}`));
  const instances: VesperProcess[] = [];
  try {
    for (const [n, clock] of clocks.entries()) {
      const own = {
        env: { ...env, ...clock.env, ...context.fault.env },
        nodeArgs: [...clock.nodeArgs, ...context.fault.nodeArgs],
      };
      const vesper = await VesperProcess.create({ ...own, logFile: join(folder, `vesper-${n + 1}.log`) });
      instances.push(vesper);
      await vesper.start();
    }
    const ledger = new ReportLedger();
    const urls = instances.map(({ url }) => url);
    const api = new ApiClient(urls);
    const living = new LivingJobs(urls, ledger, STALE_AFTER_SECONDS / 60);
    await living.start();
    for (const [n, { what, byMs, forMs }] of STEPS.entries()) {
      say(what);
      clocks[0]?.step(byMs);
      await sleep(SEEN_AFTER_MS);
      // Whoever is told the time by a clock that is behind is refused when he is far ahead of it.
      const now = () => Math.min(...clocks.map((clock) => clock.now()));
      const load = { reporters: 3, schedulersEach: 6, failureEveryMs: 3_000, recover: true, pauseMs: 80 };
      const reporters = new Reporters({ api, ledger, seed: options.seed, name: `step-${n}`, now, ...load });
      reporters.start();
      await Promise.race([reporters.failed, living.failed, sleep(forMs)]);
      await reporters.stop();
    }
    if (options.sabotage === 'silent') await sleep(STALE_AFTER_SECONDS * 1_000 + (await living.fallSilent()));
    await living.stop();
    checkTables(fake, findings);
    const records = recordsOf(context, emulator);
    await checkStaleness(records, living, findings);
    await checkDurations(api, ledger, options.sabotage === 'negative', findings);
    // Where clocks differ by more than a lease lasts, two may be at the same message (ADR 0005); one of each two goes.
    const mayTakeBack = count === 1 ? 0 : ledger.failed.length;
    await checkHistory({ api, ledger, slack: fake, records, instances, mayTakeBack }, context, findings);
  } finally {
    await Promise.all(instances.map((vesper) => vesper.kill()));
    emulator?.stop();
    await fake.close();
  }
}

/** Silence is looked for every second; only the living jobs have a timeout that a drill can wait for. */
const SCAN: Readonly<Record<string, string>> = {
  STALE_SCAN: 'always',
  STALE_TIMEOUT_MINUTES: '1440',
  STALE_SCAN_INTERVAL_MINUTES: String(1 / 60),
};

/** Open from three hours ago until in six: an hour more or less changes the step, not the night. */
function windowAround(): Record<string, string> {
  const at = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString().slice(11, 13);
  return {
    EOD_TIMEZONE: 'UTC',
    EOD_WINDOW_START: `${at(-3)}:00`,
    EOD_WINDOW_END: `${at(6)}:00`,
    EOD_UPDATE_INTERVAL_MINUTES: '60',
  };
}

function checkTables(fake: FakeSlack, findings: Findings): void {
  const tables = ofNights(fake).filter((message) => /:table:\d+:0$/.test(keyOf(message) ?? ''));
  const summaries = ofNights(fake).filter((message) => keyOf(message)?.endsWith(':summary') === true);
  findings.expect('one table', tables.length === 1, tables.map((each) => keyOf(each)).join(', '));
  findings.expect('no summary yet', summaries.length === 0, String(summaries.length));
}

function ofNights(fake: FakeSlack): readonly FakeMessage[] {
  return fake.messages(SLACK_CHANNEL).filter((message) => keyOf(message)?.startsWith('eod:') === true);
}

async function checkStaleness(records: StoredRecords, living: LivingJobs, findings: Findings): Promise<void> {
  const keys = (await records.attempts()).map(({ dedupKey }) => dedupKey);
  findings.figure('heartbeats of jobs that never fell silent', living.beats);
  findings.figure('longest pause between two of them', `${living.longestPauseMs.toFixed(0)} ms`);
  findings.expectNone(
    'alerts about silence of jobs that were not silent',
    keys.filter((key) => key.startsWith('scheduler_stale:')),
  );
}

async function checkDurations(
  api: ApiClient,
  ledger: ReportLedger,
  pretend: boolean,
  findings: Findings,
): Promise<void> {
  const negative: string[] = [];
  let seen = 0;
  for (const id of ledger.schedulerIds) {
    const history = await api.listAll<{ execution_time_ms: number | null }>(
      `/schedulers/${id}/history?limit=1000`,
    );
    for (const { execution_time_ms: ms } of history) {
      if (ms === null) continue;
      seen += 1;
      const shown = pretend ? -ms : ms;
      if (shown < 0) negative.push(`${id}: ${shown} ms`);
    }
  }
  findings.expect('execution times were worked out', seen > 0, String(seen));
  findings.expectNone('negative execution times', negative);
}
