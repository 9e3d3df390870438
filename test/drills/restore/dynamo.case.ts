import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeSlack } from '../../fakes/fake-slack';
import { ApiClient } from '../frame/api-client';
import type { DrillCase, DrillContext } from '../frame/drill';
import { startEmulator } from '../../processes/emulator';
import type { Findings } from '../frame/findings';
import { checkAlerts, isToldWhole } from '../frame/history/check-alerts';
import { checkReports } from '../frame/history/check-reports';
import { DynamoRecords } from '../frame/history/dynamo-records';
import { ReportLedger } from '../frame/history/report-ledger';
import { Reporters } from '../frame/reporters';
import { alertMessages, slackEnv } from '../frame/slack-ledger';
import { EMULATOR_ENV, VesperProcess } from '../../processes/vesper-process';
import { waitUntil } from '../../processes/waiting';
import { CopiedTables } from './copied-tables';
import { parseDocumented } from './documented-commands';

const REPORT_MS = 12_000;
const AFTERWARDS_MS = 5_000;
const TOLD_WITHIN_MS = 60_000;
/** Sabotaged, every so many-th item of the history is not there. */
const MISSING_EVERY = 20;

export const dynamoCase: DrillCase = { title: 'tables under another prefix', run };

async function run({ folder, options }: DrillContext, findings: Findings): Promise<void> {
  const fake = await FakeSlack.start();
  const emulator = await startEmulator();
  const tables = new CopiedTables(emulator.endpoint);
  const ledger = new ReportLedger();
  const old = `restore-${Date.now()}-`;
  const next = `${old}r1-`;
  const create = (name: string, DYNAMODB_TABLE_PREFIX: string) =>
    VesperProcess.create({
      env: {
        ...EMULATOR_ENV,
        DYNAMODB_ENDPOINT: emulator.endpoint,
        DYNAMODB_TABLE_PREFIX,
        ...slackEnv(fake),
      },
      logFile: join(folder, `${name}.log`),
    });
  const report = async (vesper: VesperProcess, seed: number, forMs: number) => {
    const reporters = new Reporters({
      ...{ api: new ApiClient([vesper.url]), ledger, seed },
      ...{ reporters: 4, schedulersEach: 10, failureEveryMs: 3_000, pauseMs: 40 },
    });
    reporters.start();
    await sleep(forMs);
    await reporters.stop();
  };
  const vesper = await create('vesper', old);
  const restored = await create('restored', next);
  try {
    await parseDocumented('AWS, not run by the drill');
    await vesper.start();
    await report(vesper, options.seed, REPORT_MS);
    const records = new DynamoRecords(emulator.endpoint, old);
    const isToldOfAll = async () => isToldWhole(fake, ledger) && (await records.unfinished()).length === 0;
    await waitUntil(isToldOfAll, TOLD_WITHIN_MS, 500);
    checkAlerts(fake, ledger, findings);
    await vesper.stop();
    // Started once, so that the tables are there.
    await restored.start();
    await restored.stop();
    const isMissing = (table: string, index: number) =>
      options.sabotage === 'partial' && table === 'history' && index % MISSING_EVERY === 0;
    findings.figure(
      'items restored',
      await tables.copy(old, next, (table, index) => !isMissing(table, index)),
    );
    const before = await tables.fingerprint(old);
    const told = alertMessages(fake).length;
    findings.figure('ready on the restored tables after', `${Math.round(await restored.start())} ms`);
    const api = new ApiClient([restored.url]);
    await checkReports(api, ledger, findings, ' at the restore');
    findings.expect(
      'nothing is told again',
      alertMessages(fake).length === told,
      String(alertMessages(fake).length - told),
    );
    await report(restored, options.seed + 1, AFTERWARDS_MS);
    await checkReports(api, ledger, findings, ' since');
    const after = await tables.fingerprint(old);
    findings.expect('the old tables are as they were', after === before, after.slice(0, 12));
  } finally {
    await vesper.kill();
    await restored.kill();
    tables.close();
    emulator.stop();
    await fake.close();
  }
}
