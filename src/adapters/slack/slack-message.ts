import type { KnownBlock, TextObject } from '@slack/types';

export type SlackBlock = KnownBlock;

/** A message as Slack takes it. */
export interface SlackMessage {
  /** Mrkdwn; what notifications and screen readers say. At most {@link LONGEST_TEXT}. */
  readonly text: string;
  /** Empty: the text is the message. */
  readonly blocks: readonly SlackBlock[];
  /** The same said with plainer means, for when Slack refuses the blocks. */
  readonly fallback: SlackMessage | null;
}

/** Below the 4,000 characters that chat.update takes (contracts/slack.md §4). */
export const LONGEST_TEXT = 3_900;
/** A text object holds 3,000; room for what is put around a text. */
export const LONGEST_SECTION = 2_950;
/** Room under the ceiling near 13,200 characters over all blocks (contracts/slack.md §6, undocumented). */
export const LONGEST_CONTENT = 12_900;
export const LONGEST_HEADER = 150;

export function header(text: string): SlackBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: true } };
}

export function section(text: string): SlackBlock {
  return { type: 'section', text: mrkdwn(text) };
}

/** @param texts 1 to 10 */
export function fields(texts: readonly string[]): SlackBlock {
  return { type: 'section', fields: texts.map(mrkdwn) };
}

export function context(text: string): SlackBlock {
  return { type: 'context', elements: [mrkdwn(text)] };
}

/** @param content escaped, see `fitCode` */
export function code(content: string): string {
  return `\`\`\`\n${content}\n\`\`\``;
}

/** `verbatim`: no bare address or name in a text from outside becomes a link; our own `<…>` still work. */
function mrkdwn(text: string): TextObject {
  return { type: 'mrkdwn', text, verbatim: true };
}

export interface PackedLines {
  readonly texts: readonly string[];
  /** How many lines found no room. */
  readonly left: number;
}

/** Puts lines, in order, into as few texts of at most {@link LONGEST_SECTION} as go into `budget` characters. */
export function packLines(lines: readonly string[], budget: number): PackedLines {
  const texts: string[] = [];
  let text = '';
  let used = 0;
  for (const [index, line] of lines.entries()) {
    const length = line.length + 1;
    if (used + length > budget)
      return { texts: text === '' ? texts : [...texts, text], left: lines.length - index };
    if (text.length + length > LONGEST_SECTION) {
      texts.push(text);
      text = '';
    }
    text = text === '' ? line : `${text}\n${line}`;
    used += length;
  }
  return { texts: text === '' ? texts : [...texts, text], left: 0 };
}
