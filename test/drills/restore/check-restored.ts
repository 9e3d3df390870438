import type { ApiClient } from '../frame/api-client';
import type { Findings } from '../frame/findings';
import type { ReportLedger } from '../frame/history/report-ledger';

interface ShownEntry {
  readonly status: string;
  readonly timestamp: string;
  readonly metadata: { readonly serial?: number } | null;
}

/** How many updates of each scheduler were acknowledged at a moment. */
export type Acknowledged = ReadonlyMap<string, number>;

export function acknowledgedSoFar(ledger: ReportLedger): Acknowledged {
  return new Map(ledger.schedulerIds.map((id) => [id, ledger.updatesOf(id).length]));
}

/**
 * A restored Vesper holds everything that was acknowledged before the copy began; of what was reported during the copy some, without gaps; and its
 * statuses are those of its history.
 */
export async function checkRestored(
  api: ApiClient,
  ledger: ReportLedger,
  before: Acknowledged,
  when: string,
  findings: Findings,
): Promise<void> {
  const shown = new Map(
    (await api.listAll<{ scheduler_id: string; status: string }>('/schedulers?limit=1000')).map((one) => [
      one.scheduler_id,
      one.status,
    ]),
  );
  const lost: string[] = [];
  const gaps: string[] = [];
  const wrong: string[] = [];
  let more = 0;
  for (const [id, count] of before) {
    if (!shown.has(id)) {
      lost.push(`${id} is not there`);
      continue;
    }
    const history = await api.listAll<ShownEntry>(`/schedulers/${id}/history?limit=1000`);
    const held = new Set(history.map(({ timestamp, status }) => `${timestamp} ${status}`));
    const sent = ledger.updatesOf(id).map(({ timestamp, status }) => `${timestamp} ${status}`);
    lost.push(
      ...sent
        .slice(0, count)
        .filter((one) => !held.has(one))
        .map((one) => `${id} ${one}`),
    );
    const known = sent.filter((one) => held.has(one)).length;
    if (sent.slice(0, known).some((one) => !held.has(one))) gaps.push(id);
    more += Math.max(0, known - count);
    const newest = history.toSorted((a, b) => b.timestamp.localeCompare(a.timestamp))[0];
    if (shown.get(id) !== (newest?.status ?? 'pending'))
      wrong.push(`${id} is ${shown.get(id)}, its history ends with ${newest?.status}`);
  }
  findings.figure(
    `acknowledged before ${when}`,
    [...before.values()].reduce((sum, one) => sum + one, 0),
  );
  findings.figure(`of those during ${when}, restored`, more);
  findings.expect(`something was reported before ${when}`, before.size > 0, String(before.size));
  findings.expectNone(`acknowledged before ${when} and not restored`, lost);
  findings.expectNone(`gaps in what is restored of ${when}`, gaps);
  findings.expectNone(`statuses that do not fit their history, ${when}`, wrong);
}
