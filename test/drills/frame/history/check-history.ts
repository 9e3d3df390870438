import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeSlack } from '../../../fakes/fake-slack';
import type { ApiClient } from '../api-client';
import type { DrillContext } from '../drill';
import type { Findings } from '../findings';
import type { VesperProcess } from '../../../processes/vesper-process';
import { waitUntil } from '../../../processes/waiting';
import { checkAlerts, isToldWhole } from './check-alerts';
import { checkDeliveryLog } from './check-delivery-log';
import { checkReports } from './check-reports';
import { plantInHistory } from './history-faults';
import type { ReportLedger } from './report-ledger';
import type { StoredRecords } from './stored-records';

/** What clients were told, and everybody who can say whether it was true. */
export interface Witnesses {
  readonly api: ApiClient;
  readonly ledger: ReportLedger;
  readonly slack: FakeSlack;
  readonly records: StoredRecords;
  readonly instances: readonly VesperProcess[];
  /** How many messages Vesper may have posted and taken back. Default none. */
  readonly mayTakeBack?: number;
}

/** An instance that died may have held the lease of a channel for 30 s; then comes its backlog, a message a second. */
const WITHIN_MS = 120_000;
/** Whoever would post a second time does so by then. */
const SETTLED_AFTER_MS = 8_000;

/**
 * Every acknowledged operation of every client against what is there at the end: statuses, history and signs of life over HTTP, alerts in Slack,
 * the delivery log as the storage holds it. Plants the fault asked for beforehand, when it is one of the {@link HISTORY_FAULTS}.
 */
export async function checkHistory(
  witnesses: Witnesses,
  { options }: Pick<DrillContext, 'options'>,
  findings: Findings,
): Promise<void> {
  const { api, ledger, slack, records } = witnesses;
  const startedAt = performance.now();
  await waitUntil(
    async () => isToldWhole(slack, ledger) && (await records.unfinished()).length === 0,
    WITHIN_MS,
    500,
  );
  findings.figure('waited for the last alert', `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  await sleep(SETTLED_AFTER_MS);
  await plantInHistory(options.sabotage, witnesses);
  await checkReports(api, ledger, findings);
  checkAlerts(slack, ledger, findings, witnesses.mayTakeBack);
  await checkDeliveryLog(records, ledger, findings);
}
