import { callSlack } from '../call-slack';
import type { Sabotage, Sabotages } from '../drill';
import { alertMessages } from '../slack-ledger';
import { waitUntil } from '../../../processes/waiting';
import { saysResolved } from './check-alerts';
import type { Witnesses } from './check-history';

interface HistoryFault extends Sabotage {
  /** Without it the fault is in Vesper. */
  plant?(witnesses: Witnesses): Promise<void>;
}

const FAULTS: Readonly<Record<string, HistoryFault>> = {
  history: {
    about: 'an acknowledged status update is gone from the storage',
    breaks: ['acknowledged status updates lost'],
    plant: ({ records, instances }) => records.loseUpdate(instances),
  },
  status: {
    about: 'a status is overwritten by an update that no client of the drill sent',
    breaks: ['current statuses other than the last acknowledged'],
    plant: overwriteStatus,
  },
  heartbeat: {
    about: 'Vesper acknowledges some heartbeats that it never writes',
    breaks: ['acknowledged heartbeats lost'],
    inVesper: 'dropped heartbeats',
  },
  lost: {
    about: 'Vesper takes some alerts for posted that it never posted',
    breaks: ['alerts lost'],
    inVesper: 'dropped messages',
  },
  doubled: {
    about: 'Vesper posts each message once more, under another key',
    breaks: ['alerts doubled'],
    inVesper: 'doubled messages',
  },
  withdrawn: {
    about: 'Vesper posts each message, deletes it and posts it again',
    breaks: ['messages taken back'],
    inVesper: 'withdrawn messages',
  },
  order: {
    about: 'edits a resolved alert back to what it said before',
    breaks: ['alerts whose events were told out of order'],
    plant: (witnesses) => editBack(witnesses),
  },
  log: {
    about: 'the last line of the delivery log about an alert is gone from the storage',
    breaks: ['alerts and ends of alerts that the delivery log does not say were sent'],
    plant: ({ records, instances }) => records.loseAttempt(instances),
  },
};

/** Faults that every drill with clients can plant, one for each thing that {@link checkHistory} claims to find. */
export const HISTORY_FAULTS: Sabotages = FAULTS;

/** @param sabotage anything else than one of the {@link HISTORY_FAULTS} is somebody else's, or planted already */
export async function plantInHistory(sabotage: string | null, witnesses: Witnesses): Promise<void> {
  if (sabotage !== null && Object.hasOwn(FAULTS, sabotage)) await FAULTS[sabotage]?.plant?.(witnesses);
}

async function overwriteStatus({ api, ledger }: Witnesses): Promise<void> {
  const id = first(ledger.schedulerIds.filter((each) => ledger.updatesOf(each).at(-1)?.status !== 'failed'));
  const at = Date.parse(ledger.updatesOf(id).at(-1)?.timestamp ?? new Date().toISOString());
  const body = {
    scheduler_id: id,
    service_name: 'Drill',
    job_name: `Job ${id}`,
    status: 'running',
    timestamp: new Date(at + 1).toISOString(),
  };
  await api.untilAcknowledged({ method: 'PUT', path: `/schedulers/${id}/status`, body });
}

async function editBack({ slack }: Witnesses): Promise<void> {
  const { ts, edits } = first(alertMessages(slack).filter(({ text }) => saysResolved(text)));
  await waitUntil(() => callSlack(slack, 'chat.update', { ts, text: edits[0]?.text }), 10_000, 500);
}

function first<T>(found: readonly T[]): T {
  const [one] = found;
  if (one === undefined) throw new Error('there is nothing to plant the fault in');
  return one;
}
