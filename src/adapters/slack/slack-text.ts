/** Bidirectional controls: they let a name reorder the line it stands in, and no name needs them. */
const BIDI_CONTROL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** Nearly every name: printable ASCII without a character that is written differently. */
const NEEDS_NOTHING = /^[\x20-\x25\x27-\x3b=\x3f-\x5f\x61-\x7e]*$/;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const ELLIPSIS = '…';
/** Longer grapheme clusters than this are cut by code points; the longest emoji families have about 30 units. */
const LONGEST_CLUSTER = 48;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How one code point of a text from outside is written. */
type Writing = (char: string, before: string) => string;

/**
 * Escapes the three characters that mean something in mrkdwn, `&` first (contracts/slack.md §7). For text of our own making:
 * text from outside goes through {@link fitInline} or {@link fitCode}, which know limits and control characters besides.
 */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Text from outside as one line of mrkdwn: escaped, without control characters, and without the backtick that would open a code
 * block around whatever follows.
 * @param limit length of the result in UTF-16 units, escapes included
 */
export function fitInline(text: string, limit: number): string {
  if (text.length <= limit && NEEDS_NOTHING.test(text)) return text;
  return fit(text, limit, (char) => (char === '`' ? 'ˋ' : escapeMrkdwn(oneLine(char))));
}

/**
 * Text from outside for places that know no markup: headers and table cells. A `<` becomes `‹` all the same, because what is made
 * of such texts later (push messages, exports, mail digests) is not ours to trust.
 */
export function fitPlain(text: string, limit: number): string {
  if (text.length <= limit && NEEDS_NOTHING.test(text)) return text;
  return fit(text, limit, (char) => (char === '<' ? '‹' : oneLine(char)));
}

/**
 * Text from outside as one line without control characters, with nothing escaped: for a place that knows an escape of its own.
 * @param limit in UTF-16 units
 */
export function fitLine(text: string, limit: number): string {
  if (text.length <= limit && PRINTABLE_ASCII.test(text)) return text;
  return fit(text, limit, oneLine);
}

export interface CodeLimits {
  /** Of the text itself, in UTF-16 units. */
  readonly text: number;
  /** Of one part, escapes included. */
  readonly part: number;
  /** Of all parts together, escapes included. */
  readonly total: number;
}

export interface FittedCode {
  /** Contents of code blocks, without their fences; split at the end of a line where one is near. */
  readonly parts: readonly string[];
  /** Characters (code points) of the text that are in no part. */
  readonly leftOut: number;
}

/** Verbatim text from outside for code blocks: escaped, and unable to close the block it stands in. */
export function fitCode(text: string, limits: CodeLimits): FittedCode {
  const end = endWithin(text.slice(0, limits.text + LONGEST_CLUSTER), limits.text, limits.total, codeWriting);
  return { parts: split(text.slice(0, end), limits.part), leftOut: countCodePoints(text.slice(end)) };
}

/** `<@U…>` or `<!subteam^S…>`; `null` for what is no Slack id. */
export function mention(slackId: string): string | null {
  if (/^[UW][A-Z0-9]+$/.test(slackId)) return `<@${slackId}>`;
  return /^S[A-Z0-9]+$/.test(slackId) ? `<!subteam^${slackId}>` : null;
}

export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function fit(text: string, limit: number, write: Writing): string {
  const end = endWithin(text, text.length, limit, write);
  if (end === text.length) return written(text, write);
  const shortened = endWithin(text, text.length, limit - ELLIPSIS.length, write);
  return `${written(text.slice(0, shortened), write)}${ELLIPSIS}`;
}

/** How much of `text` may stay: at most `most` units, written in at most `limit`, ending where a grapheme ends. */
function endWithin(text: string, most: number, limit: number, write: Writing): number {
  let end = 0;
  let length = 0;
  let before = '';
  for (const char of text) {
    const width = write(char, before).length;
    if (end + char.length > most || length + width > limit) return graphemeStart(text, end);
    end += char.length;
    length += width;
    before = char;
  }
  return end;
}

/** The start of the grapheme that `at` lies within; `at` itself when the grapheme is absurdly long. */
function graphemeStart(text: string, at: number): number {
  const from = Math.max(0, at - LONGEST_CLUSTER);
  const start = graphemes.segment(text.slice(from, at + LONGEST_CLUSTER)).containing(at - from)?.index ?? 0;
  return start === 0 && from > 0 ? at : from + start;
}

function written(text: string, write: Writing): string {
  let result = '';
  let before = '';
  for (const char of text) {
    result += write(char, before);
    before = char;
  }
  return result;
}

/** A zero-width space between backticks keeps any number of them from being a fence. */
function codeWriting(char: string, before: string): string {
  if (char === '`') return before === '`' ? '\u200b`' : '`';
  return char === '\n' || char === '\t' ? char : escapeMrkdwn(visible(char));
}

function split(text: string, limit: number): string[] {
  const parts: string[] = [];
  let part = '';
  let before = '';
  for (const char of text) {
    const next = codeWriting(char, before);
    if (part.length + next.length > limit) {
      const newline = part.lastIndexOf('\n');
      const at = newline > limit / 2 ? newline : part.length;
      parts.push(part.slice(0, at));
      part = part.slice(at + 1);
    }
    part += next;
    before = char;
  }
  return part === '' ? parts : [...parts, part];
}

function oneLine(char: string): string {
  return /[\n\r\t\u2028\u2029]/.test(char) ? ' ' : visible(char);
}

/** What Slack would refuse, drop or obey is shown as a symbol, or not at all. */
function visible(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code < 0x7f) return char;
  if (code === 0x7f) return '\u2421';
  const isUnprintable = code < 0xa0 || (code >= 0xd800 && code <= 0xdfff) || (code & 0xfffe) === 0xfffe;
  if (isUnprintable) return '\ufffd';
  return BIDI_CONTROL.test(char) ? '' : char;
}
