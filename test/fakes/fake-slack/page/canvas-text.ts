import { FakeCanvas } from '../canvas/canvas';
import { Block, Inline, visibleText } from '../markdown/document';
import { parseMarkdown } from '../markdown/parse-markdown';
import { describeEdits } from './canvas.html';
import { withEmoji } from './emoji';
import { textTable } from './text-table';

const RULE_WIDTH = 72;

/** A canvas for reading in a terminal. */
export function canvasLines(canvas: FakeCanvas, timeZone: string): string[] {
  const lock = canvas.isLocked ? ' (locked)' : '';
  const head = `Canvas "${canvas.title}"${lock}  ${canvas.id}  ${describeEdits(canvas, timeZone)}`;
  const blocks = parseMarkdown(canvas.markdown).blocks.flatMap(({ block }) => ['', ...blockLines(block)]);
  return [head, ...blocks, ''];
}

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case 'heading':
      return [`${'#'.repeat(block.level)} ${inlineText(block.children)}`];
    case 'paragraph':
      return inlineText(block.children).split('\n');
    case 'quote':
      return block.blocks.flatMap(blockLines).map((line) => `> ${line}`);
    case 'code':
      return block.text.split('\n').map((line) => `    ${line}`);
    case 'divider':
      return ['─'.repeat(RULE_WIDTH)];
    case 'html':
      return block.raw.split('\n');
    case 'list':
      return block.items.flatMap(({ isChecked, blocks }, index) => {
        const box = isChecked === null ? '' : isChecked ? '☑ ' : '☐ ';
        const marker = block.start === null ? box || '• ' : `${block.start + index}. ${box}`;
        const lines = blocks.flatMap(blockLines);
        return lines.map((line, at) => (at === 0 ? marker : ' '.repeat(marker.length)) + line);
      });
    case 'table':
      return textTable(
        block.rows.map((row) => row.map((cell) => inlineText(cell).replaceAll('\n', ' '))),
        block.alignments,
      );
  }
}

/** Links are spelled out with their address, code is left as it was typed. */
function inlineText(inlines: readonly Inline[]): string {
  return inlines
    .map((inline) => {
      if (inline.kind === 'text') return withEmoji(inline.text);
      if (inline.kind === 'link') return `${inlineText(inline.children)} (${inline.url})`;
      return 'children' in inline ? inlineText(inline.children) : visibleText([inline]);
    })
    .join('');
}
