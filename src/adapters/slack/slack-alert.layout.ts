import type { Alert, Fact } from '../../domain/alerts/alert';
import type { AlertNotification } from '../../domain/notifications/notification';
import { formatDuration, formatInstant } from './slack-time';
import { fitCode, fitInline, fitPlain, mention } from './slack-text';
import {
  code,
  context,
  fields,
  header,
  LONGEST_HEADER,
  LONGEST_SECTION,
  LONGEST_TEXT,
  packLines,
  section,
  type SlackBlock,
  type SlackMessage,
} from './slack-message';

/** Spec 30: longer error messages are cut, and the message says by how much. */
const LONGEST_EXCERPT = 2_500;
/** What the excerpt may take once escaped, and what the facts may, so that both stay below the ceiling of a message. */
const EXCERPT_BUDGET = 7_500;
const EXCERPT_BUDGET_AS_TEXT = 1_800;
const FACTS_BUDGET = 4_000;
const LONGEST_LABEL = 60;
const LONGEST_VALUE = 300;
const FIELDS_PER_SECTION = 10;
const LONGEST_SUMMARY = 300;
const LONGEST_ID = 100;

const SEVERITY_ICONS: Readonly<Record<Alert['severity'], string>> = {
  critical: '❌',
  warning: '⚠️',
  info: 'ℹ️',
};

/** An alert as its own message: firing, repeated, flapping or resolved. */
export function layOutAlert({ alert, mentionOwner, event }: AlertNotification): SlackMessage {
  const isResolved = alert.status === 'resolved';
  const lead = [
    isResolved ? resolvedLine(alert) : ownerLine(alert, mentionOwner),
    alert.occurrences > 1 ? countLine(alert) : null,
    event === 'flapping' ? flappingLine() : null,
  ].filter((line) => line !== null);
  const blocks: SlackBlock[] = [
    header(fitPlain(`${icon(alert)} ${isResolved ? 'Resolved: ' : ''}${alert.title}`, LONGEST_HEADER)),
    ...(lead.length === 0 ? [] : [section(lead.join('\n'))]),
    ...excerptBlocks(alert),
    ...factBlocks(alert),
    context(footer(alert)),
  ];
  return { text: notificationLine(alert), blocks, fallback: asPlainText(alert, lead) };
}

/** The short note below a resolved alert's message; by itself, in a push message, it has to say what it is about. */
export function layOutResolvedNote({ alert, event }: AlertNotification): SlackMessage {
  const lines = [`✅ ${resolvedLine(alert)}`, ...(event === 'flapping' ? [flappingLine()] : [])];
  return shortMessage(notificationLine(alert), lines.join('\n'));
}

/** A resolved alert that has no message to edit. */
export function layOutResolvedAlone(alert: Alert): SlackMessage {
  return shortMessage(notificationLine(alert), `${notificationLine(alert)}\n${resolvedLine(alert)}`);
}

/** Said below the message of an alert that stopped flapping and is still open. */
export function layOutSettledNote(alert: Alert): SlackMessage {
  const since = formatInstant(alert.firstSeenAt, alert.timeZone);
  return shortMessage(
    notificationLine(alert),
    `${icon(alert)} It stopped changing and is still open, since ${since}.`,
  );
}

function shortMessage(text: string, body: string): SlackMessage {
  return { text, blocks: [section(body)], fallback: { text: body, blocks: [], fallback: null } };
}

function icon(alert: Alert): string {
  return alert.status === 'resolved' ? '✅' : SEVERITY_ICONS[alert.severity];
}

function notificationLine(alert: Alert): string {
  const title = fitInline(alert.title, LONGEST_SUMMARY);
  if (alert.status === 'resolved') return `${icon(alert)} Resolved: ${title}`;
  return `${icon(alert)} ${title}: ${fitInline(alert.summary, LONGEST_SUMMARY)}`;
}

function ownerLine({ owner, summary, excerpt }: Alert, mentionOwner: boolean): string | null {
  const mentioned = mentionOwner && owner.slackUserId !== null ? mention(owner.slackUserId) : null;
  const parts = [
    mentioned ?? (owner.email === null ? null : `Owner: ${fitInline(owner.email, LONGEST_VALUE)}`),
    excerpt === null ? fitInline(summary, LONGEST_SUMMARY) : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' · ');
}

function countLine({ occurrences, firstSeenAt, lastSeenAt, timeZone }: Alert): string {
  return `*Seen ${occurrences} times*, first at ${formatInstant(firstSeenAt, timeZone)}, last at ${formatInstant(lastSeenAt, timeZone)}`;
}

function flappingLine(): string {
  return '🔁 *Flapping*: it keeps opening and resolving. Quiet from here on; once nothing changes for 30 min, this says how it ended.';
}

function resolvedLine({
  resolvedAt,
  resolution,
  resolvedBy,
  firstSeenAt,
  lastSeenAt,
  timeZone,
}: Alert): string {
  const at = resolvedAt ?? lastSeenAt;
  const why = resolution === null ? '' : `: ${fitInline(resolution, LONGEST_SUMMARY)}`;
  const by = resolvedBy === null ? '' : `, by ${fitInline(resolvedBy, LONGEST_ID)}`;
  const after = formatDuration(at.getTime() - firstSeenAt.getTime());
  return `*Resolved* at ${formatInstant(at, timeZone)} after ${after}${why}${by}`;
}

function excerptBlocks({ excerpt }: Alert): SlackBlock[] {
  if (excerpt === null || excerpt.trim() === '') return [];
  const { parts, leftOut } = fitCode(excerpt, {
    text: LONGEST_EXCERPT,
    part: LONGEST_SECTION,
    total: EXCERPT_BUDGET,
  });
  const blocks = parts.map((part) => section(code(part)));
  return leftOut === 0 ? blocks : [...blocks, context(leftOutLine(leftOut))];
}

function leftOutLine(leftOut: number): string {
  return `… ${leftOut.toLocaleString('en-US')} ${leftOut === 1 ? 'character' : 'characters'} left out`;
}

function factBlocks(alert: Alert): SlackBlock[] {
  const shown: string[] = [];
  let left = FACTS_BUDGET;
  for (const fact of alert.facts) {
    const text = `*${fitInline(fact.label, LONGEST_LABEL) || '?'}*\n${factValue(fact, alert.timeZone)}`;
    left -= text.length;
    if (left < 0) break;
    shown.push(text);
  }
  const blocks: SlackBlock[] = [];
  for (let index = 0; index < shown.length; index += FIELDS_PER_SECTION)
    blocks.push(fields(shown.slice(index, index + FIELDS_PER_SECTION)));
  const omitted = alert.facts.length - shown.length;
  return omitted === 0 ? blocks : [...blocks, context(`… and ${omitted} more in the alert itself`)];
}

function factValue(fact: Fact, timeZone: string): string {
  switch (fact.kind) {
    case 'text':
      return fitInline(fact.text, LONGEST_VALUE) || '–';
    case 'instant':
      return formatInstant(fact.at, timeZone);
    case 'duration':
      return formatDuration(fact.ms);
  }
}

function footer({ correlationId, id }: Alert): string {
  return `Correlation id ${fitInline(correlationId, LONGEST_ID)} · alert ${fitInline(id, LONGEST_ID)}`;
}

function asPlainText(alert: Alert, lead: readonly string[]): SlackMessage {
  const { parts, leftOut } = fitCode(alert.excerpt ?? '', {
    text: LONGEST_EXCERPT,
    part: EXCERPT_BUDGET_AS_TEXT,
    total: EXCERPT_BUDGET_AS_TEXT,
  });
  const facts = alert.facts.map(
    (fact) => `${fitInline(fact.label, LONGEST_LABEL)}: ${factValue(fact, alert.timeZone)}`,
  );
  const head = [
    notificationLine(alert),
    ...lead,
    ...parts.map(code),
    ...(leftOut > 0 ? [leftOutLine(leftOut)] : []),
  ];
  const text = [...head, footer(alert)].join('\n');
  const { texts } = packLines(facts, LONGEST_TEXT - text.length);
  return { text: [...head, ...texts, footer(alert)].join('\n'), blocks: [], fallback: null };
}
