import { Inline, inlinesOf, MarkdownDocument } from '../markdown/document';
import { MarkupFindings } from '../scan-markup';

const DEEP_HEADING = /^ {0,3}#{4,6}(?:[ \t]|$)/;
const LONE_SURROGATE = /\p{Surrogate}/u;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** What Slack would act upon in a canvas, and what it would show otherwise than meant. */
export function scanCanvas(document: MarkdownDocument): MarkupFindings {
  const found: MarkupFindings = { mentions: [], markupWarnings: [] };
  for (const { block, start } of document.blocks) {
    const line = document.lines[start] ?? '';
    if (block.kind === 'heading' && DEEP_HEADING.test(line)) {
      found.markupWarnings.push(`heading deeper than three: ${quote(line)}`);
    }
    for (const inline of inlinesOf(block)) scanInline(inline, found);
  }
  for (const line of document.lines) {
    if (CONTROL.test(line)) found.markupWarnings.push(`control character in ${quote(line)}`);
    if (LONE_SURROGATE.test(line)) found.markupWarnings.push(`lone surrogate in ${quote(line)}`);
  }
  return found;
}

/** An address in angle brackets with a `|` is a link as messages spell it; here it leads elsewhere. */
function scanInline(inline: Inline, found: MarkupFindings): void {
  if (inline.kind === 'mention') found.mentions.push({ kind: inline.target, raw: inline.raw });
  if (inline.kind !== 'link' && inline.kind !== 'unfurl') return;
  found.mentions.push({ kind: 'link', raw: inline.raw });
  if (inline.raw.startsWith('<') && inline.raw.includes('|')) {
    found.markupWarnings.push(`mrkdwn in a canvas: ${quote(inline.raw)}`);
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
