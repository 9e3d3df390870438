import type { FakeMessage, FakeSlack } from '../../fakes/fake-slack';

export const SLACK_TOKEN = 'xoxb-fake';
export const SLACK_CHANNEL = 'C0000000001';

/** Alerts go to the fake; no table does, its window is half a day away. */
export function slackEnv(fake: FakeSlack): Record<string, string> {
  return {
    SLACK_BOT_TOKEN: SLACK_TOKEN,
    SLACK_CHANNEL_ID: SLACK_CHANNEL,
    SLACK_API_URL: fake.apiUrl,
    ALERT_STORM_THRESHOLD: '10000',
    ...windowFarAway(),
  };
}

/** An EOD window whose night is neither open nor within the six hours in which it is made up for. */
export function windowFarAway(): Record<string, string> {
  const hour = (new Date().getUTCHours() + 12) % 24;
  const at = (minute: number) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  return { EOD_TIMEZONE: 'UTC', EOD_WINDOW_START: at(0), EOD_WINDOW_END: at(1) };
}

/** The key by which Vesper knows its own message again. */
export function keyOf(message: FakeMessage): string | null {
  const key = message.metadata?.event_payload['key'];
  return typeof key === 'string' ? key : null;
}

/** Messages that were posted and deleted again, by their keys. */
export function takenBack(fake: FakeSlack, channel = SLACK_CHANNEL): string[] {
  return fake
    .allMessages(channel)
    .filter(({ deleted }) => deleted)
    .map((message) => keyOf(message) ?? message.text);
}

/** Messages in the channel itself, without tables and summaries. */
export function alertMessages(fake: FakeSlack): FakeMessage[] {
  return fake
    .messages(SLACK_CHANNEL)
    .filter((message) => message.threadTs === null && !(keyOf(message) ?? '').startsWith('eod:'));
}

/** How many alert messages in the channel speak of each of these schedulers. */
export function countAlerts(fake: FakeSlack, schedulerIds: readonly string[]): Map<string, number> {
  const texts = alertMessages(fake).map((message) => JSON.stringify([message.text, message.blocks]));
  return new Map(schedulerIds.map((id) => [id, texts.filter((text) => mentions(text, id)).length]));
}

/** Vesper's keys that stand in more than one living message. */
export function doubledKeys(fake: FakeSlack): string[] {
  const seen = new Set<string>();
  const doubled = new Set<string>();
  for (const message of fake.messages(SLACK_CHANNEL)) {
    const key = keyOf(message);
    if (key === null) continue;
    if (seen.has(key)) doubled.add(key);
    seen.add(key);
  }
  return [...doubled];
}

function mentions(text: string, schedulerId: string): boolean {
  return new RegExp(`${schedulerId.replaceAll('.', '\\.')}(?![\\w.:-])`).test(text);
}
