import type { ApiClient } from '../api-client';
import type { Findings } from '../findings';
import type { ReportLedger, SentUpdate } from './report-ledger';

interface ShownScheduler {
  readonly scheduler_id: string;
  readonly status: string;
  readonly timestamp: string;
  readonly run_id: string | null;
  readonly last_heartbeat: string | null;
}

interface ShownEntry {
  readonly status: string;
  readonly timestamp: string;
  readonly run_id: string | null;
  readonly error_message: string | null;
  readonly metadata: { readonly serial?: number } | null;
}

/** Compares what Vesper shows with what it acknowledged. @param when what was done before, for the report */
export async function checkReports(
  api: ApiClient,
  ledger: ReportLedger,
  findings: Findings,
  when = '',
): Promise<void> {
  const shown = new Map(
    (await api.listAll<ShownScheduler>('/schedulers?limit=1000')).map((one) => [one.scheduler_id, one]),
  );
  const missing: string[] = [];
  const wrongStatus: string[] = [];
  const lostHeartbeats: string[] = [];
  const lost: string[] = [];
  const doubled: string[] = [];
  const unknown: string[] = [];
  for (const id of ledger.schedulerIds) {
    const scheduler = shown.get(id);
    if (scheduler === undefined) {
      missing.push(id);
      continue;
    }
    const sent = ledger.updatesOf(id);
    wrongStatus.push(...compareStatus(scheduler, sent.at(-1)));
    lostHeartbeats.push(...compareHeartbeat(scheduler, ledger.lastHeartbeatOf(id)));
    const history = await api.listAll<ShownEntry>(`/schedulers/${id}/history?limit=1000`);
    const comparison = compareHistory(id, sent, history);
    lost.push(...comparison.lost);
    doubled.push(...comparison.doubled);
    unknown.push(...comparison.unknown);
  }
  findings.figure('acknowledged status updates', ledger.updateCount);
  findings.figure('acknowledged heartbeats', ledger.heartbeats);
  findings.figure('acknowledged at a repeated attempt', ledger.repeated);
  findings.expectNone(`acknowledged registrations lost${when}`, missing);
  findings.expectNone(`acknowledged status updates lost${when}`, lost);
  findings.expectNone(`history entries twice${when}`, doubled);
  findings.expectNone(`history entries nobody sent${when}`, unknown);
  findings.expectNone(`current statuses other than the last acknowledged${when}`, wrongStatus);
  findings.expectNone(`acknowledged heartbeats lost${when}`, lostHeartbeats);
}

function compareStatus(shown: ShownScheduler, last: SentUpdate | undefined): string[] {
  if (last === undefined)
    return shown.status === 'pending' ? [] : [`${shown.scheduler_id} is ${shown.status}`];
  const isLast =
    shown.status === last.status && shown.timestamp === last.timestamp && shown.run_id === last.runId;
  return isLast
    ? []
    : [
        `${shown.scheduler_id} is ${shown.status} of ${shown.timestamp}, not ${last.status} of ${last.timestamp}`,
      ];
}

function compareHeartbeat(shown: ShownScheduler, acknowledged: string | null): string[] {
  if (acknowledged === null || (shown.last_heartbeat ?? '') >= acknowledged) return [];
  return [`${shown.scheduler_id} was heard at ${acknowledged}, and shows ${shown.last_heartbeat}`];
}

function compareHistory(id: string, sent: readonly SentUpdate[], history: readonly ShownEntry[]) {
  const entries = new Map<string, number>();
  for (const entry of history) {
    const text = entryText(
      entry.status,
      entry.timestamp,
      entry.run_id,
      entry.metadata?.serial,
      entry.error_message,
    );
    entries.set(text, (entries.get(text) ?? 0) + 1);
  }
  const expected = new Set(
    sent.map((update) =>
      entryText(update.status, update.timestamp, update.runId, update.metadata.serial, update.errorMessage),
    ),
  );
  return {
    lost: [...expected].filter((text) => !entries.has(text)).map((text) => `${id} ${text}`),
    doubled: [...entries].filter(([, times]) => times > 1).map(([text]) => `${id} ${text}`),
    unknown: [...entries.keys()].filter((text) => !expected.has(text)).map((text) => `${id} ${text}`),
  };
}

function entryText(...fields: readonly (string | number | null | undefined)[]): string {
  return fields.map((field) => field ?? '-').join(' ');
}
