import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeSlack } from '../../fakes/fake-slack';
import type { Findings } from './findings';
import type { ReportLedger } from './report-ledger';
import { alertMessages, countAlerts, doubledKeys, SLACK_CHANNEL } from './slack-ledger';
import { waitUntil } from './waiting';

/** An instance that died may have held the lease of a channel for 30 s; then comes its backlog, a message a second. */
const WITHIN_MS = 120_000;
/** Whoever would post a second time does so by then. */
const SETTLED_AFTER_MS = 8_000;

/** Every acknowledged failure has one message in the channel, and there is no other. */
export async function checkAlertsOnce(
  fake: FakeSlack,
  ledger: ReportLedger,
  findings: Findings,
): Promise<void> {
  const { failed } = ledger;
  const startedAt = performance.now();
  await waitUntil(() => [...countAlerts(fake, failed).values()].every((count) => count > 0), WITHIN_MS, 500);
  findings.figure('waited for the last alert', `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  await sleep(SETTLED_AFTER_MS);
  const counts = [...countAlerts(fake, failed)];
  const withdrawn = fake.allMessages(SLACK_CHANNEL).length - fake.messages(SLACK_CHANNEL).length;
  findings.figure('alerts expected', failed.length);
  findings.figure('messages taken back', withdrawn);
  findings.expect('something failed', failed.length > 0, `${failed.length} schedulers`);
  findings.expectNone(
    'alerts lost',
    counts.filter(([, count]) => count === 0).map(([id]) => id),
  );
  findings.expectNone(
    'alerts doubled',
    counts.filter(([, count]) => count > 1).map(([id, count]) => `${id} ${count} times`),
  );
  findings.expectNone('message keys twice', doubledKeys(fake));
  const others = alertMessages(fake).length - counts.reduce((sum, [, count]) => sum + count, 0);
  findings.expect('no other alerts', others === 0, String(others));
}
