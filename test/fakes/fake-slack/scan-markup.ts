import { FakeMention } from './message';

export interface MarkupFindings {
  readonly mentions: FakeMention[];
  readonly markupWarnings: string[];
}

const SEQUENCES: readonly (readonly [FakeMention['kind'], RegExp])[] = [
  ['user', /^@[UW][A-Z0-9]+(\|[^|]*)?$/],
  ['channel', /^#[CGD][A-Z0-9]+(\|[^|]*)?$/],
  ['usergroup', /^!subteam\^S[A-Z0-9]+(\|[^|]*)?$/],
  ['special', /^!(here|channel|everyone)(\|[^|]*)?$/],
  ['date', /^!date\^\d+\^[^^|]+(\^[^^|]+)?\|.+$/],
  ['link', /^(https?:\/\/|mailto:|tel:)[^|\s]+(\|.*)?$/],
];
const ANGLE = /<([^<>\n]*)>|[<>]/g;
const BARE_AMPERSAND = /&(?!amp;|lt;|gt;)/g;
const BROADCAST_WORD = /(?<![\w@])@(here|channel|everyone)\b/g;
const MARKDOWN_LINK = /\]\(\s*<?[a-z][a-z0-9+.-]*:[^)]*\)/gi;
const LONE_SURROGATE = /\p{Surrogate}/u;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** The kind of a `<…>` sequence by what stands between the brackets, or `null` if Slack knows no such sequence. */
export function kindOfSequence(inner: string): FakeMention['kind'] | null {
  return SEQUENCES.find(([, pattern]) => pattern.test(inner))?.[0] ?? null;
}

/** Everything in one mrkdwn text that Slack would act upon or show wrongly. */
function scanMrkdwn(text: string, found: MarkupFindings): void {
  for (const match of text.matchAll(ANGLE)) {
    const inner = match[1];
    const kind = inner === undefined ? null : kindOfSequence(inner);
    if (kind) found.mentions.push({ kind, raw: match[0] });
    else if (match[0] !== '>' || !startsLine(text, match.index)) {
      found.markupWarnings.push(`unescaped ${quote(match[0])}`);
    }
  }
  for (const match of text.matchAll(BARE_AMPERSAND)) {
    found.markupWarnings.push(`unescaped ${quote(text.slice(match.index, match.index + 12))}`);
  }
  if (CONTROL.test(text)) found.markupWarnings.push(`control character in ${quote(text)}`);
  if (LONE_SURROGATE.test(text)) found.markupWarnings.push(`lone surrogate in ${quote(text)}`);
}

/** A `>` at the start of a line is a quotation, not a forgotten escape. */
function startsLine(text: string, index: number): boolean {
  return text.slice(0, index).split('\n').at(-1)?.trim() === '';
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

const RICH_TEXT_KINDS: Readonly<Record<string, FakeMention['kind']>> = {
  user: 'user',
  usergroup: 'usergroup',
  channel: 'channel',
  broadcast: 'special',
  link: 'link',
  date: 'date',
};

/** Blocks hide text at many depths; whatever is a mrkdwn text object, markdown or a rich text mention is looked at. */
function scanNode(node: unknown, found: MarkupFindings): void {
  if (Array.isArray(node)) {
    for (const child of node) scanNode(child, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { type, text } = node as { type?: unknown; text?: unknown };
  if (type === 'mrkdwn' && typeof text === 'string') scanMrkdwn(text, found);
  if (type === 'markdown' && typeof text === 'string') {
    scanMrkdwn(text, found);
    for (const [raw] of text.matchAll(MARKDOWN_LINK)) found.mentions.push({ kind: 'link', raw });
  }
  const richKind = typeof type === 'string' ? RICH_TEXT_KINDS[type] : undefined;
  if (richKind) found.mentions.push({ kind: richKind, raw: JSON.stringify(node) });
  for (const child of Object.values(node)) scanNode(child, found);
}

/**
 * What Slack would act upon in a whole message. With `link_names` or `parse: full` also bare words such as `@channel`
 * ring the bell, so they count as mentions then.
 */
export function scanMessage(
  message: { text: string; blocks: unknown[]; attachments: unknown[] },
  linksNames: boolean,
): MarkupFindings {
  const found: MarkupFindings = { mentions: [], markupWarnings: [] };
  scanMrkdwn(message.text, found);
  if (linksNames) {
    for (const [raw] of message.text.matchAll(BROADCAST_WORD)) found.mentions.push({ kind: 'special', raw });
  }
  scanNode(message.blocks, found);
  for (const attachment of message.attachments) {
    const text = (attachment as { text?: unknown }).text;
    if (typeof text === 'string') scanMrkdwn(text, found);
    scanNode(attachment, found);
  }
  return found;
}
