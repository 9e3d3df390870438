import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeSlack } from '../../fakes/fake-slack';
import { ApiClient } from '../frame/api-client';
import type { DrillCase, DrillContext } from '../frame/drill';
import type { Findings } from '../frame/findings';
import { ReportLedger } from '../frame/history/report-ledger';
import { Reporters } from '../frame/reporters';
import { alertMessages, countAlerts, slackEnv } from '../frame/slack-ledger';
import { VesperProcess } from '../../processes/vesper-process';
import { acknowledgedSoFar, checkRestored, type Acknowledged } from './check-restored';
import { runDocumented } from './documented-commands';

const REPORT_MS = 12_000;
const COPIES = 3;
const BETWEEN_COPIES_MS = 2_000;
/** An alert is told within 5 s; those of before are told by then. */
const TOLD_WITHIN_MS = 6_000;
/** Whoever would tell something again does so by then. */
const SETTLED_AFTER_MS = 10_000;

export const jsonCase: DrillCase = { title: 'a folder that was copied under load, on another machine', run };

async function run({ folder, options }: DrillContext, findings: Findings): Promise<void> {
  const fake = await FakeSlack.start();
  const ledger = new ReportLedger();
  const [data, restoredData] = [join(folder, 'data'), join(folder, 'restored')];
  const create = (name: string, DATA_DIR: string) =>
    VesperProcess.create({ env: { DATA_DIR, ...slackEnv(fake) }, logFile: join(folder, `${name}.log`) });
  const vesper = await create('vesper', data);
  const restored = await create('other-machine', restoredData);
  try {
    await vesper.start();
    const reporters = new Reporters({
      ...{ api: new ApiClient([vesper.url]), ledger, seed: options.seed },
      ...{ reporters: 5, schedulersEach: 12, failureEveryMs: 3_000, pauseMs: 15 },
    });
    reporters.start();
    await sleep(REPORT_MS);
    const copy = await copyUnderLoad(data, folder, ledger);
    await sleep(TOLD_WITHIN_MS);
    await reporters.stop();
    await vesper.kill();
    if (options.sabotage === 'partial') dropJournals(copy.folder);
    await runDocumented('restore', { DATA_DIR: restoredData, BACKUP_DIR: copy.folder });
    const told = alertMessages(fake).length;
    findings.figure('ready on the restored folder after', `${Math.round(await restored.start())} ms`);
    await checkRestored(new ApiClient([restored.url]), ledger, copy.before, 'the copy', findings);
    await sleep(SETTLED_AFTER_MS);
    findings.figure('alerts told before the restore', told);
    findings.figure(
      'of those told again, because they waited at the copy',
      alertMessages(fake).length - told,
    );
    checkToldOnce(fake, ledger, copy, findings);
    await goBackAnHour(restored, restoredData, findings);
  } finally {
    await vesper.kill();
    await restored.kill();
    await fake.close();
  }
}

interface Copy {
  readonly folder: string;
  readonly before: Acknowledged;
  readonly beganAtMs: number;
}

/** Several, for the moment of each is another; the last counts. */
async function copyUnderLoad(data: string, folder: string, ledger: ReportLedger): Promise<Copy> {
  let last: Copy | null = null;
  for (let number = 1; number <= COPIES; number++) {
    await sleep(BETWEEN_COPIES_MS);
    const copy = {
      folder: join(folder, `copy-${number}`),
      before: acknowledgedSoFar(ledger),
      beganAtMs: Date.now(),
    };
    await runDocumented('copy a running Vesper', { DATA_DIR: data, BACKUP_DIR: copy.folder });
    last = copy;
  }
  if (last === null) throw new Error('no copy was made');
  return last;
}

/** What had been told when the copy was made is not told by the restored one. */
function checkToldOnce(fake: FakeSlack, ledger: ReportLedger, { beganAtMs }: Copy, findings: Findings): void {
  const told = ledger.failed.filter((id) => {
    const failure = ledger.updatesOf(id).find(({ status }) => status === 'failed');
    return failure !== undefined && Date.parse(failure.timestamp) < beganAtMs - TOLD_WITHIN_MS;
  });
  findings.expect('something was told before the copy', told.length > 0, `${told.length} alerts`);
  const others = [...countAlerts(fake, told)].filter(([, count]) => count !== 1);
  findings.expectNone(
    'told before the copy and told again',
    others.map(([id, count]) => `${id} ${count} times`),
  );
}

function dropJournals(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith('journal')) rmSync(join(folder, name));
}

/** The clock does not reach half past: a stop leaves the snapshot of which an hourly backup is a copy. */
async function goBackAnHour(vesper: VesperProcess, dataDir: string, findings: Findings): Promise<void> {
  findings.expect('the restored one stops by itself', (await vesper.stop()) === 0, String(vesper.exitCode));
  cpSync(join(dataDir, 'state.json'), join(dataDir, 'backups/state-20260101T003000000Z.json'));
  await runDocumented('back to the last hourly backup', { DATA_DIR: dataDir });
  await vesper.start();
  const health = await vesper.probe('/api/v1/health/ready');
  findings.expect('it starts on its last hourly backup', health === 200, String(health));
}
