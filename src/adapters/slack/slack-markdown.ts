import { fitLine } from './slack-text';

/** No name needs them, and each could hide what follows from an escape: zero-width spaces and joiners of words, soft hyphens, byte order marks. */
const INVISIBLE = /[\u00ad\u180e\u200b\u2060\ufeff]/g;
/** Everything that means something in the markdown of canvases (contracts/slack.md §5), wherever it stands. */
const MARKUP = /[\\`*_~[\]()<>|#!&]/g;
/** Where Slack, or the page, would make more of a text although none of it is markup: emoji codes, addresses, mentions. */
const COMES_ALIVE = /:(?=[^\s:]+:)|:(?=\/\/)|\bwww(?=\.)|@(?=\S)/gi;
/** Invisible, without width, and no place to break a line: it parts what must not be read as one. */
const PARTING = '\u2060';

/**
 * Text from outside as one line, without control characters and what cannot be seen.
 * @param limit in UTF-16 units
 */
export function cleanLine(text: string, limit: number): string {
  return fitLine(text.replace(INVISIBLE, ''), limit).trim();
}

/** One clean line as markdown that shows this very text: no link, mention, emoji, cell or checkbox can come of it. */
export function escapeMarkdown(line: string): string {
  return line.replace(COMES_ALIVE, `$&${PARTING}`).replace(MARKUP, '\\$&');
}

/** @param limit of what is shown, in UTF-16 units; what is written may be four times as long */
export function fitMarkdown(text: string, limit: number): string {
  return escapeMarkdown(cleanLine(text, limit));
}
