import type { Canvas } from '../../domain/board/canvas';
import { footerOf } from './slack-canvas.words';

/** `1️⃣`: a digit in the text, `:one:` in Slack's spelling. */
const KEYCAP = /[\d#*]\ufe0f?\u20e3/g;
const NOT_SHOWN = /[\p{Cf}\\]/gu;
/** However often it was escaped. */
const ENTITY = /&(?:amp;)*(?:(?:lt|gt|quot|apos|nbsp|#\d+|#x[\da-f]+);)?/gi;
const EMOJI_CODE = /:[a-z0-9_+'-]+:/g;
const NEITHER_LETTER_NOR_DIGIT = /\p{Extended_Pictographic}|[^\p{L}\p{N}]/gu;

/**
 * Whether two texts of a canvas say the same. Slack stores no markdown: what is read back has other bullets, escapes, spaces and
 * emoji by name. So letters and digits are compared, and what Slack may spell otherwise is left out.
 */
export function isSameContent(markdown: string, other: string): boolean {
  return lettersOf(markdown) === lettersOf(other);
}

/** Whether a text was written by us for this very channel; a canvas may be shown in the tabs of others. */
export function isOurs(markdown: string, canvas: Canvas): boolean {
  return lettersOf(markdown).includes(lettersOf(footerOf(canvas)));
}

function lettersOf(markdown: string): string {
  return markdown
    .normalize('NFC')
    .replace(KEYCAP, '')
    .replace(NOT_SHOWN, '')
    .replace(ENTITY, '')
    .replace(EMOJI_CODE, '')
    .replace(NEITHER_LETTER_NOR_DIGIT, '');
}
