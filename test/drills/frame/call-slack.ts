import type { FakeSlack } from '../../fakes/fake-slack';
import { SLACK_CHANNEL, SLACK_TOKEN } from './slack-ledger';

/** Plants a fault in the channel by Slack's own API. @returns whether Slack took it; it may be rate-limited */
export async function callSlack(
  fake: FakeSlack,
  method: 'chat.postMessage' | 'chat.update',
  args: object,
): Promise<boolean> {
  const answer = await fetch(`${fake.apiUrl}${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SLACK_TOKEN}`, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ channel: SLACK_CHANNEL, ...args }),
  });
  const { ok } = (await answer.json()) as { ok: boolean };
  return ok;
}
