import type { FakeMessage } from '../../../fakes/fake-slack';
import { callSlack } from '../call-slack';
import { alertMessages, SLACK_CHANNEL } from '../slack-ledger';
import { waitUntil } from '../waiting';
import { saysResolved } from './check-alerts';
import type { Witnesses } from './check-history';

const HOUR_MS = 3_600_000;

interface Fault {
  readonly about: string;
  plant(witnesses: Witnesses): Promise<void>;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  history: {
    about: 'an acknowledged status update is gone from the storage',
    plant: ({ records, instances }) => records.loseUpdate(instances),
  },
  status: {
    about: 'a status is overwritten by an update that no client of the drill sent',
    plant: overwriteStatus,
  },
  heartbeat: {
    about: 'counts a heartbeat as acknowledged that was never sent',
    plant: async ({ ledger }) =>
      ledger.heardOf(first(ledger.schedulerIds), new Date(Date.now() + HOUR_MS).toISOString()),
  },
  lost: {
    about: 'deletes one alert from Slack',
    plant: async ({ slack }) => slack.deleteMessage(SLACK_CHANNEL, first(alertMessages(slack)).ts),
  },
  doubled: {
    about: 'posts one alert a second time',
    plant: (witnesses) => post(witnesses, first(alertMessages(witnesses.slack))),
  },
  order: {
    about: 'edits a resolved alert back to what it said before',
    plant: (witnesses) => editBack(witnesses),
  },
  log: {
    about: 'the last line of the delivery log about an alert is gone from the storage',
    plant: ({ records, instances }) => records.loseAttempt(instances),
  },
};

/** Faults that every drill with clients can plant, one for each thing that {@link checkHistory} claims to find. */
export const HISTORY_FAULTS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(FAULTS).map(([name, { about }]) => [name, about]),
);

/** @param sabotage anything else than one of the {@link HISTORY_FAULTS} is somebody else's */
export async function plantInHistory(sabotage: string | null, witnesses: Witnesses): Promise<void> {
  if (sabotage !== null && Object.hasOwn(FAULTS, sabotage)) await FAULTS[sabotage]?.plant(witnesses);
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

async function post({ slack }: Witnesses, { text, blocks, metadata }: FakeMessage): Promise<void> {
  await waitUntil(() => callSlack(slack, 'chat.postMessage', { text, blocks, metadata }), 10_000, 500);
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
