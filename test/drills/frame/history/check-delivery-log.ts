import type { Findings } from '../findings';
import type { ReportLedger } from './report-ledger';
import { isFinal, type StoredAttempt, type StoredRecords } from './stored-records';

/** The delivery log as stored: each alert was sent once, so was its end, and nothing waits any more. */
export async function checkDeliveryLog(
  records: StoredRecords,
  ledger: ReportLedger,
  findings: Findings,
): Promise<void> {
  const attempts = await records.attempts();
  const deliveries = byDelivery(attempts);
  const told = new Map<string, number>();
  for (const [, tries] of deliveries) {
    const [first] = tries;
    if (first !== undefined && tries.some(({ outcome }) => outcome === 'sent')) count(told, nameOf(first));
  }
  const expected = expectedOf(ledger);
  findings.figure('lines of the delivery log', `${attempts.length}, about ${deliveries.size} deliveries`);
  findings.expectNone(
    'alerts and ends of alerts that the delivery log does not say were sent',
    expected.filter((name) => !told.has(name)),
  );
  findings.expectNone(
    'alerts and ends of alerts that the delivery log says were sent twice',
    [...told].filter(([, times]) => times > 1).map(([name, times]) => `${name} ${times} times`),
  );
  findings.expectNone(
    'deliveries without one final outcome in the log',
    [...deliveries].filter(([, tries]) => !endsOnce(tries)).map(([id, tries]) => `${id}: ${outcomes(tries)}`),
  );
  const known = new Set(ledger.failed.map(dedupKeyOf));
  findings.expectNone('deliveries about alerts of nobody', [
    ...new Set(attempts.map(({ dedupKey }) => dedupKey).filter((key) => !known.has(key))),
  ]);
  findings.expectNone('entries of outbox and queues left behind', await records.unfinished());
}

function byDelivery(attempts: readonly StoredAttempt[]): Map<string, StoredAttempt[]> {
  const deliveries = new Map<string, StoredAttempt[]>();
  for (const attempt of attempts) {
    const tries = deliveries.get(attempt.deliveryId) ?? [];
    deliveries.set(attempt.deliveryId, [...tries, attempt]);
  }
  return deliveries;
}

function expectedOf(ledger: ReportLedger): readonly string[] {
  const events = (id: string) => (ledger.isResolved(id) ? ['opened', 'resolved'] : ['opened']);
  return ledger.failed.flatMap((id) => events(id).map((event) => `${event} ${dedupKeyOf(id)}`));
}

function nameOf({ event, dedupKey }: StoredAttempt): string {
  return `${event} ${dedupKey}`;
}

function dedupKeyOf(schedulerId: string): string {
  return `scheduler_failed:${schedulerId}`;
}

/** One final outcome, at the last attempt. */
function endsOnce(tries: readonly StoredAttempt[]): boolean {
  const last = tries.reduce((latest, one) => (one.attempt >= latest.attempt ? one : latest));
  return tries.filter(isFinal).length === 1 && isFinal(last);
}

function outcomes(tries: readonly StoredAttempt[]): string {
  return tries.map(({ attempt, outcome }) => `${attempt} ${outcome}`).join(', ');
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
