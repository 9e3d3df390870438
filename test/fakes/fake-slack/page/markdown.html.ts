import { Block, Inline, ListItem, MarkdownDocument, Table } from '../markdown/document';
import { withEmoji } from './emoji';
import { html, Html, join } from './html';

const SAFE_ADDRESS = /^(?:https?:\/\/|mailto:)/i;

/** The id an element carries, by the number of its section in reading order; for a page that needs none, nothing. */
export type SectionIdAttribute = (section: number) => string | null;

/** Renders markdown as a canvas shows it. No HTML of the text gets through: everything goes through `html`. */
export function renderMarkdown(document: MarkdownDocument, idOf: SectionIdAttribute = () => null): Html {
  let section = 0;
  const parts = document.blocks.map(({ block }) => {
    const first = section;
    section += block.kind === 'table' ? block.rows.reduce((cells, row) => cells + row.length, 0) : 1;
    return renderBlock(block, (offset) => idOf(first + offset));
  });
  return join(parts);
}

function renderBlock(block: Block, idOf: SectionIdAttribute): Html {
  const id = block.kind === 'table' ? null : attribute(idOf(0));
  switch (block.kind) {
    case 'heading':
      return renderHeading(block.level, renderInlines(block.children), id);
    case 'paragraph':
      return html`<p${id}>${renderInlines(block.children)}</p>`;
    case 'quote':
      return html`<blockquote${id}>${renderNested(block.blocks)}</blockquote>`;
    case 'code':
      return html`<pre${id}><code>${block.text}</code></pre>`;
    case 'divider':
      return html`<hr${id} />`;
    case 'html':
      return html`<p${id}>${block.raw}</p>`;
    case 'list':
      return renderList(block.start, block.items, id);
    case 'table':
      return renderTable(block, idOf);
  }
}

function attribute(id: string | null): Html | null {
  return id === null ? null : html` id="${id}"`;
}

function renderNested(blocks: readonly Block[]): Html {
  return join(blocks.map((block) => renderBlock(block, () => null)));
}

function renderHeading(level: 1 | 2 | 3, content: Html, id: Html | null): Html {
  if (level === 1) return html`<h1${id}>${content}</h1>`;
  return level === 2 ? html`<h2${id}>${content}</h2>` : html`<h3${id}>${content}</h3>`;
}

function renderList(start: number | null, items: readonly ListItem[], id: Html | null): Html {
  const rendered = items.map(renderItem);
  if (start !== null) return html`<ol${id} start="${start}">${rendered}</ol>`;
  return html`<ul${id}>${rendered}</ul>`;
}

/** A list item's only paragraph needs no margin of its own. */
function renderItem({ isChecked, blocks }: ListItem): Html {
  const [first, ...others] = blocks;
  const head =
    first?.kind === 'paragraph' ? renderInlines(first.children) : renderNested(first ? [first] : []);
  if (isChecked === null) return html`<li>${head}${renderNested(others)}</li>`;
  const box = isChecked ? '☑' : '☐';
  return html`<li class="check"><span aria-hidden="true">${box}</span> ${head}${renderNested(others)}</li>`;
}

function renderTable({ alignments, rows }: Table, idOf: SectionIdAttribute): Html {
  let section = 0;
  const [head, ...body] = rows.map((row, index) => {
    const cells = row.map((cell, column) => {
      const side = alignments[column] ?? 'left';
      const id = attribute(idOf(section));
      section += 1;
      const content = renderInlines(cell);
      return index === 0
        ? html`<th${id} scope="col" class="${side}">${content}</th>`
        : html`<td${id} class="${side}">${content}</td>`;
    });
    return html`<tr>
      ${cells}
    </tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="group" aria-label="table">
    <table>
      <thead>
        ${head ?? null}
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}

function renderInlines(inlines: readonly Inline[]): Html {
  return join(inlines.map(renderInline));
}

function renderInline(inline: Inline): Html {
  switch (inline.kind) {
    case 'text':
      return html`${withEmoji(inline.text)}`;
    case 'code':
      return html`<code>${inline.text}</code>`;
    case 'bold':
      return html`<strong>${renderInlines(inline.children)}</strong>`;
    case 'italic':
      return html`<em>${renderInlines(inline.children)}</em>`;
    case 'strike':
      return html`<s>${renderInlines(inline.children)}</s>`;
    case 'link':
      return renderLink(inline.url, renderInlines(inline.children));
    case 'unfurl':
      return html`<span class="unfurl">${renderLink(inline.url, html`${inline.label || inline.url}`)}</span>`;
    case 'mention':
      return html`<span class="mention">${inline.target === 'user' ? '@' : '#'}${inline.id}</span>`;
    case 'break':
      return html`<br />`;
    case 'html':
      return html`${inline.raw}`;
  }
}

/** Web and mail only; an address of any other kind leads nowhere. */
function renderLink(url: string, content: Html): Html {
  if (!SAFE_ADDRESS.test(url)) return content;
  return html`<a href="${url}" rel="noopener noreferrer nofollow">${content}</a>`;
}
