import { withShortcodes } from '../page/emoji';
import { Alignment, Block, Inline, MarkdownDocument, Table } from './document';

const SPECIAL = /[\\`*_~[\]<>|#]/g;
const RULES: Readonly<Record<'left' | 'center' | 'right', string>> = {
  left: ':---',
  center: ':---:',
  right: '---:',
};

/**
 * The document in the spelling of one that is stored as a document and not as text: other bullets, other rules, emoji by
 * name. Whoever compares it to what was sent finds a difference though nobody edited.
 */
export function writeMarkdown(document: MarkdownDocument): string {
  return writeBlocks(document.blocks.map(({ block }) => block));
}

function writeBlocks(blocks: readonly Block[]): string {
  return blocks.map(writeBlock).join('\n\n');
}

function writeBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${writeInlines(block.children)}`;
    case 'paragraph':
      return writeInlines(block.children);
    case 'quote':
      return prefix(writeBlocks(block.blocks), '> ', '> ');
    case 'code':
      return `\`\`\`\n${block.text}\n\`\`\``;
    case 'divider':
      return '---';
    case 'html':
      return escape(block.raw);
    case 'list':
      return block.items
        .map(({ isChecked, blocks }, index) => {
          const marker = block.start === null ? '* ' : `${block.start + index}. `;
          const box = isChecked === null ? '' : `[${isChecked ? 'x' : ' '}] `;
          return prefix(box + writeBlocks(blocks), marker, ' '.repeat(marker.length));
        })
        .join('\n');
    case 'table':
      return writeTable(block);
  }
}

function writeTable({ alignments, rows }: Table): string {
  const [head = [], ...body] = rows.map((row) => row.map((cell) => writeInlines(cell).replaceAll('\n', ' ')));
  return [head, alignments.map(toRule), ...body].map((cells) => `|${cells.join('|')}|`).join('\n');
}

function toRule(alignment: Alignment): string {
  return alignment === null ? '---' : RULES[alignment];
}

function writeInlines(inlines: readonly Inline[]): string {
  return inlines.map(writeInline).join('');
}

function writeInline(inline: Inline): string {
  switch (inline.kind) {
    case 'text':
      return withShortcodes(escape(inline.text));
    case 'code':
      return `\`${inline.text.replaceAll('|', '\\|')}\``;
    case 'bold':
      return `**${writeInlines(inline.children)}**`;
    case 'italic':
      return `_${writeInlines(inline.children)}_`;
    case 'strike':
      return `~~${writeInlines(inline.children)}~~`;
    case 'link':
      return `[${writeInlines(inline.children)}](${inline.url})`;
    case 'break':
      return '\n';
    default:
      return inline.raw;
  }
}

function escape(text: string): string {
  return text.replace(SPECIAL, '\\$&');
}

function prefix(text: string, first: string, others: string): string {
  return first + text.replaceAll('\n', `\n${others}`);
}
