import type { StormNotification } from '../../domain/notifications/notification';
import type { StormMember } from '../../domain/notifications/storm';
import { context, header, packLines, section, type SlackMessage } from './slack-message';
import { fitInline, mention } from './slack-text';
import { formatInstant } from './slack-time';

/** 13,200 less the lines around the list. */
const LIST_BUDGET = 9_000;
const MENTIONS_BUDGET = 2_800;
/** The same for the plain text, which holds 3,900 altogether. */
const TEXT_LIST_BUDGET = 2_400;
const TEXT_MENTIONS_BUDGET = 1_300;
const LONGEST_TITLE = 200;

/** The grouped message of a storm; every owner is addressed once, at the first of his alerts, or below when that is not listed. */
export function layOutStorm({ members, startedAt }: StormNotification, timeZone: string): SlackMessage {
  const lines = toLines(members);
  const { texts, left } = packLines(lines, LIST_BUDGET);
  const intro = `*${count(members)}* since ${formatInstant(startedAt, timeZone)}. Each one with its details is in the thread.`;
  const tail = tailLine(members, members.length - left, MENTIONS_BUDGET);
  const text = `🚨 Alert storm: ${count(members)} since ${formatInstant(startedAt, timeZone)}`;
  return {
    text,
    blocks: [
      header(`🚨 Alert storm: ${count(members)}`),
      section(intro),
      ...texts.map(section),
      ...(tail === null ? [] : [section(tail)]),
      context(
        `${left === 0 ? 'All listed' : `${members.length - left} of ${members.length} listed`}; the list grows while the storm lasts.`,
      ),
    ],
    fallback: asPlainText(text, members, lines),
  };
}

function toLines(members: readonly StormMember[]): string[] {
  const addressed = new Set<string>();
  return members.map(({ title, slackUserId }) => {
    const line = `• ${fitInline(title, LONGEST_TITLE)}`;
    const owner = slackUserId === null || addressed.has(slackUserId) ? null : mention(slackUserId);
    if (owner === null || slackUserId === null) return line;
    addressed.add(slackUserId);
    return `${line} · ${owner}`;
  });
}

/** What stands for the members that are not listed: their number, and their owners unless addressed above. */
function tailLine(members: readonly StormMember[], listed: number, budget: number): string | null {
  if (listed === members.length) return null;
  const addressed = new Set(members.slice(0, listed).map(({ slackUserId }) => slackUserId));
  const others = new Set(members.slice(listed).map(({ slackUserId }) => slackUserId));
  const mentions = [...others]
    .filter((id) => id !== null && !addressed.has(id))
    .map((id) => mention(id ?? ''))
    .filter((owner) => owner !== null);
  const [line] = packLines([`… and ${members.length - listed} more`, ...mentions], budget).texts;
  return line?.replaceAll('\n', ' ') ?? null;
}

function asPlainText(head: string, members: readonly StormMember[], lines: readonly string[]): SlackMessage {
  const { texts, left } = packLines(lines, TEXT_LIST_BUDGET);
  const tail = tailLine(members, members.length - left, TEXT_MENTIONS_BUDGET);
  return {
    text: [head, ...texts, ...(tail === null ? [] : [tail])].join('\n'),
    blocks: [],
    fallback: null,
  };
}

function count(members: readonly StormMember[]): string {
  return members.length === 1 ? '1 alert' : `${members.length} alerts`;
}
