import { Block, ListItem, MarkdownDocument, PlacedBlock } from './document';
import { LinkReferences, readDefinition } from './link-target';
import { parseInline } from './parse-inline';
import { readDelimiterRow, splitRow } from './table-row';

const FENCE = /^ {0,3}(`{3,}|~{3,})([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const DIVIDER = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-+*]|\d{1,9}[.)])(?:([ \t]{1,4})(?=\S)|([ \t]+)|$)/;
const CHECKBOX = /^\[([ xX])\][ \t]+/;
const UNDERLINE = /^ {0,3}(=+|-+)[ \t]*$/;
const INDENTED = /^(?: {4}|\t)/;
/** The start of an HTML block; an address in angle brackets is none. */
const HTML_BLOCK = /^ {0,3}<(?:\/?[a-z][a-z0-9-]*(?=[\s/>]|$)|!--|!\[CDATA\[|\?|![a-z])/i;

/** Quotes and lists within each other; deeper ones are text, so that no text can exhaust the stack. */
const MAX_DEPTH = 32;

/** Reads a whole document. Every text is a document: what cannot be understood is a paragraph. */
export function parseMarkdown(markdown: string): MarkdownDocument {
  const lines = markdown.replace(/\r\n?/g, '\n').split('\n');
  const references = new Map<string, string>();
  for (const line of lines) {
    const definition = readDefinition(line);
    if (definition && !references.has(definition.label)) references.set(definition.label, definition.url);
  }
  return { lines, blocks: new BlockReader(lines, references).read() };
}

class BlockReader {
  private at = 0;
  private readonly blocks: PlacedBlock[] = [];

  constructor(
    private readonly lines: readonly string[],
    private readonly references: LinkReferences,
    private readonly depth = 0,
  ) {}

  read(): PlacedBlock[] {
    while (this.at < this.lines.length) {
      const start = this.at;
      const block = this.readBlock(this.lines[start] ?? '');
      if (block) this.blocks.push({ block, start, end: this.at });
    }
    return this.blocks;
  }

  /** `null` for lines that show nothing: blank ones and definitions of links. */
  private readBlock(line: string): Block | null {
    if (line.trim() === '') return this.skip();
    if (INDENTED.test(line)) return this.readIndented();
    const fence = FENCE.exec(line);
    if (fence?.[1]) return this.readFenced(fence[1], line.search(/\S/));
    const heading = HEADING.exec(line);
    if (heading?.[1]) return this.readHeading(heading[1].length, heading[2] ?? '');
    if (DIVIDER.test(line)) return this.one({ kind: 'divider' });
    const mayNest = this.depth < MAX_DEPTH;
    if (mayNest && QUOTE.test(line)) return this.readQuote();
    if (mayNest && ITEM.test(line)) return this.readList();
    if (HTML_BLOCK.test(line)) return this.readHtml();
    if (this.startsTable(this.at)) return this.readTable();
    if (readDefinition(line)) return this.skip();
    return this.readParagraph();
  }

  private skip(): null {
    this.at += 1;
    return null;
  }

  private one(block: Block): Block {
    this.at += 1;
    return block;
  }

  private readHeading(level: number, text: string): Block {
    // Deeper headings are not supported; Slack has three, and so has the fake.
    return this.one({
      kind: 'heading',
      level: level === 1 ? 1 : level === 2 ? 2 : 3,
      children: this.inline(text),
    });
  }

  private readIndented(): Block {
    const code: string[] = [];
    while (this.at < this.lines.length) {
      const line = this.lines[this.at] ?? '';
      if (!INDENTED.test(line) && !(line.trim() === '' && INDENTED.test(this.lines[this.at + 1] ?? '')))
        break;
      code.push(line.replace(INDENTED, ''));
      this.at += 1;
    }
    return { kind: 'code', text: code.join('\n'), isClosed: true };
  }

  private readFenced(fence: string, indent: number): Block {
    const code: string[] = [];
    const closing = new RegExp(`^ {0,3}${fence[0]}{${fence.length},}[ \\t]*$`);
    this.at += 1;
    while (this.at < this.lines.length) {
      const line = this.lines[this.at] ?? '';
      this.at += 1;
      if (closing.test(line)) return { kind: 'code', text: code.join('\n'), isClosed: true };
      code.push(line.replace(new RegExp(`^ {0,${indent}}`), ''));
    }
    return { kind: 'code', text: code.join('\n'), isClosed: false };
  }

  private readHtml(): Block {
    const raw: string[] = [];
    while (this.at < this.lines.length && this.lines[this.at]?.trim() !== '') {
      raw.push(this.lines[this.at] ?? '');
      this.at += 1;
    }
    return { kind: 'html', raw: raw.join('\n') };
  }

  /** A paragraph's lines after a quoted one belong to the quote even without the mark. */
  private readQuote(): Block {
    const inner: string[] = [];
    while (this.at < this.lines.length) {
      const line = this.lines[this.at] ?? '';
      const goesOn = inner.at(-1)?.trim() !== '' && !this.interruptsParagraph(this.at) && line.trim() !== '';
      if (!QUOTE.test(line) && !goesOn) break;
      inner.push(line.replace(QUOTE, ''));
      this.at += 1;
    }
    return { kind: 'quote', blocks: this.nested(inner) };
  }

  private readList(): Block {
    const first = ITEM.exec(this.lines[this.at] ?? '');
    const marker = first?.[2] ?? '-';
    const kind = marker.at(-1);
    const items: ListItem[] = [];
    while (this.at < this.lines.length) {
      const line = this.lines[this.at] ?? '';
      const match = ITEM.exec(line);
      if (!match?.[2] || match[2].at(-1) !== kind || DIVIDER.test(line)) break;
      items.push(this.readItem(match));
      this.skipBlanksWithin((next) => ITEM.exec(next)?.[2]?.at(-1) === kind);
    }
    return { kind: 'list', start: /^\d/.test(marker) ? Number.parseInt(marker, 10) : null, items };
  }

  private readItem(match: RegExpExecArray): ListItem {
    const line = this.lines[this.at] ?? '';
    const indent = (match[1]?.length ?? 0) + (match[2]?.length ?? 1) + (match[3]?.length ?? 1);
    const inner = [line.slice(match[0].length)];
    const deeper = new RegExp(`^ {${indent}}`);
    this.at += 1;
    while (this.at < this.lines.length) {
      this.skipBlanksWithin((next) => deeper.test(next), inner);
      const next = this.lines[this.at] ?? '';
      const isText = next.trim() !== '' && !ITEM.test(next) && !this.interruptsParagraph(this.at);
      const goesOn = isText && inner.at(-1)?.trim() !== '';
      if (!deeper.test(next) && !goesOn) break;
      inner.push(next.replace(deeper, ''));
      this.at += 1;
    }
    const box = CHECKBOX.exec(inner[0] ?? '');
    if (box) inner[0] = (inner[0] ?? '').slice(box[0].length);
    return { isChecked: box ? box[1] !== ' ' : null, blocks: this.nested(inner) };
  }

  /** Passes blank lines if what follows them still belongs here. */
  private skipBlanksWithin(belongs: (line: string) => boolean, kept: string[] = []): void {
    let next = this.at;
    while (next < this.lines.length && this.lines[next]?.trim() === '') next += 1;
    if (next === this.at || next >= this.lines.length || !belongs(this.lines[next] ?? '')) return;
    kept.push(...this.lines.slice(this.at, next));
    this.at = next;
  }

  private startsTable(index: number): boolean {
    const head = this.lines[index] ?? '';
    const below = this.lines[index + 1] ?? '';
    return head.trim() !== '' && below.includes('|') && readDelimiterRow(below) !== null;
  }

  private readTable(): Block {
    const alignments = readDelimiterRow(this.lines[this.at + 1]) ?? [];
    const rows = [this.lines[this.at] ?? ''];
    this.at += 2;
    while (this.at < this.lines.length) {
      const line = this.lines[this.at] ?? '';
      if (line.trim() === '' || this.interruptsParagraph(this.at)) break;
      rows.push(line);
      this.at += 1;
    }
    const cells = rows.map((row) => splitRow(row).map((cell) => this.inline(cell)));
    return { kind: 'table', alignments, rows: cells };
  }

  private readParagraph(): Block {
    const text = [(this.lines[this.at] ?? '').trimStart()];
    this.at += 1;
    while (this.at < this.lines.length) {
      const line = this.lines[this.at] ?? '';
      const underline = UNDERLINE.exec(line)?.[1];
      if (underline) return this.one(this.toUnderlined(underline, text));
      if (line.trim() === '' || this.interruptsParagraph(this.at) || this.startsTable(this.at)) break;
      text.push(line.trimStart());
      this.at += 1;
    }
    return { kind: 'paragraph', children: this.inline(text.join('\n').trimEnd()) };
  }

  private toUnderlined(underline: string, text: readonly string[]): Block {
    const level = underline.startsWith('=') ? 1 : 2;
    return { kind: 'heading', level, children: this.inline(text.join('\n').trimEnd()) };
  }

  private interruptsParagraph(index: number): boolean {
    const line = this.lines[index] ?? '';
    if ([FENCE, HEADING, DIVIDER, QUOTE, HTML_BLOCK].some((pattern) => pattern.test(line))) return true;
    const item = ITEM.exec(line);
    return item?.[3] !== undefined && (/^[-+*]$/.test(item[2] ?? '') || /^1[.)]$/.test(item[2] ?? ''));
  }

  private nested(lines: readonly string[]): Block[] {
    return new BlockReader(lines, this.references, this.depth + 1).read().map(({ block }) => block);
  }

  private inline(text: string): ReturnType<typeof parseInline> {
    return parseInline(text, this.references);
  }
}
