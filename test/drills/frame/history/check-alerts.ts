import type { FakeMessage, FakeSlack } from '../../../fakes/fake-slack';
import type { Findings } from '../findings';
import { alertMessages, countAlerts, doubledKeys, keyOf, SLACK_CHANNEL, takenBack } from '../slack-ledger';
import type { ReportLedger } from './report-ledger';

/**
 * Every acknowledged failure has one message in the channel and there is no other, and what it says is how it ended.
 * @param mayTakeBack see {@link checkTakenBack}
 */
export function checkAlerts(
  fake: FakeSlack,
  ledger: ReportLedger,
  findings: Findings,
  mayTakeBack = 0,
): void {
  const { failed } = ledger;
  const counts = [...countAlerts(fake, failed)];
  findings.figure(
    'alerts expected',
    `${failed.length}, ${failed.filter(isResolved).length} of them resolved`,
  );
  findings.expect('something failed', failed.length > 0, `${failed.length} schedulers`);
  findings.expectNone(
    'alerts lost',
    counts.filter(([, count]) => count === 0).map(([id]) => id),
  );
  findings.expectNone(
    'alerts doubled',
    counts.filter(([, count]) => count > 1).map(([id, count]) => `${id} ${count} times`),
  );
  checkTakenBack(takenBack(fake), mayTakeBack, findings);
  findings.expectNone('message keys twice', doubledKeys(fake));
  const others = alertMessages(fake).length - counts.reduce((sum, [, count]) => sum + count, 0);
  findings.expect('no other alerts', others === 0, String(others));
  findings.expectNone(
    'alerts whose events were told out of order, in part or twice',
    failed.flatMap((id) => compareEvents(fake, id, isResolved(id))),
  );

  function isResolved(id: string): boolean {
    return ledger.isResolved(id);
  }
}

/**
 * Whoever posts twice and takes one back has rung twice.
 * @param atMost one for each sender that was stopped with a message on the wire and went on when another had the right to send (ADR 0005)
 */
export function checkTakenBack(keys: readonly string[], atMost: number, findings: Findings): void {
  const promise = atMost === 0 ? 'no messages taken back' : `no more than ${atMost} messages taken back`;
  findings.expect(promise, keys.length <= atMost, [keys.length, ...keys.slice(0, 5)].join(' '));
}

/** Whether each alert is in the channel and says how it ended. */
export function isToldWhole(fake: FakeSlack, ledger: ReportLedger): boolean {
  return ledger.failed.every((id) => {
    const message = messageAbout(fake, id);
    return message !== undefined && saysResolved(message.text) === ledger.isResolved(id);
  });
}

/** A firing alert stays as it was posted; a resolved one was edited after it was posted, and has one note in its thread. */
function compareEvents(fake: FakeSlack, id: string, isResolved: boolean): string[] {
  const message = messageAbout(fake, id);
  if (message === undefined) return []; // told as lost
  const versions = [...message.edits.map(({ text }) => text), message.text];
  const firstResolved = versions.findIndex(saysResolved);
  const inOrder = isResolved
    ? firstResolved > 0 && versions.slice(firstResolved).every(saysResolved)
    : firstResolved === -1;
  const notes = fake.thread(SLACK_CHANNEL, message.ts).length;
  return inOrder && notes === (isResolved ? 1 : 0) ? [] : [`${id}: ${versions.join(' → ')}, ${notes} notes`];
}

function messageAbout(fake: FakeSlack, id: string): FakeMessage | undefined {
  const text = `Job ${id} failed`;
  return fake
    .messages(SLACK_CHANNEL)
    .find((message) => message.threadTs === null && keyOf(message) !== null && message.text.includes(text));
}

export function saysResolved(text: string): boolean {
  return text.includes('Resolved:');
}
