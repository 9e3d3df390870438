/** Markdown as a tree, in the subset canvases support: what is not in it is shown as text, or refused. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'strike'; readonly children: readonly Inline[] }
  | {
      readonly kind: 'link';
      readonly url: string;
      readonly children: readonly Inline[];
      readonly raw: string;
    }
  | {
      readonly kind: 'mention';
      readonly target: 'user' | 'channel';
      readonly id: string;
      readonly raw: string;
    }
  /** `![…](url)`: a card for the page, file or message behind the address. */
  | { readonly kind: 'unfurl'; readonly url: string; readonly label: string; readonly raw: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'html'; readonly raw: string };

export type Alignment = 'left' | 'center' | 'right' | null;

export interface ListItem {
  /** `null`: no checklist. */
  readonly isChecked: boolean | null;
  readonly blocks: readonly Block[];
}

export interface Table {
  readonly kind: 'table';
  readonly alignments: readonly Alignment[];
  /** The heading first. Well-formed or not: each row has the cells it was written with. */
  readonly rows: readonly (readonly (readonly Inline[])[])[];
}

export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly children: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'code'; readonly text: string; readonly isClosed: boolean }
  | { readonly kind: 'list'; readonly start: number | null; readonly items: readonly ListItem[] }
  | { readonly kind: 'html'; readonly raw: string }
  | { readonly kind: 'divider' }
  | Table;

/** A block of the document and the lines it stands on, `end` excluded. */
export interface PlacedBlock {
  readonly block: Block;
  readonly start: number;
  readonly end: number;
}

export interface MarkdownDocument {
  readonly lines: readonly string[];
  readonly blocks: readonly PlacedBlock[];
}

/** What a reader sees, without markup. */
export function visibleText(inlines: readonly Inline[]): string {
  return inlines.map(visibleInline).join('');
}

function visibleInline(inline: Inline): string {
  switch (inline.kind) {
    case 'text':
    case 'code':
      return inline.text;
    case 'mention':
      return `${inline.target === 'user' ? '@' : '#'}${inline.id}`;
    case 'unfurl':
      return inline.label || inline.url;
    case 'break':
      return '\n';
    case 'html':
      return inline.raw;
    default:
      return visibleText(inline.children);
  }
}

/** Every inline of a block at any depth, in reading order. */
export function inlinesOf(block: Block): Inline[] {
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return withDescendants(block.children);
    case 'quote':
      return block.blocks.flatMap(inlinesOf);
    case 'list':
      return block.items.flatMap((item) => item.blocks.flatMap(inlinesOf));
    case 'table':
      return block.rows.flatMap((row) => row.flatMap(withDescendants));
    default:
      return [];
  }
}

function withDescendants(inlines: readonly Inline[]): Inline[] {
  return inlines.flatMap((inline) =>
    'children' in inline ? [inline, ...withDescendants(inline.children)] : [inline],
  );
}

/** Every block at any depth, each before what stands inside it. */
export function allBlocks(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'quote') return [block, ...allBlocks(block.blocks)];
    if (block.kind !== 'list') return [block];
    return [block, ...block.items.flatMap((item) => allBlocks(item.blocks))];
  });
}
