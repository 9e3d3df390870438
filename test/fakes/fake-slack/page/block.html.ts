import { withEmoji } from './emoji';
import { html, Html, join, NOTHING } from './html';
import { renderMrkdwn } from './mrkdwn.html';
import { renderRichText } from './rich-text.html';
import { arrayOf, Fields, fieldsOf, textOf } from './fields';
import { renderDataTable, renderTable } from './table.html';

type BlockRenderer = (block: Fields, timeZone: string) => Html;

const RENDERERS: Readonly<Record<string, BlockRenderer>> = {
  header: (block) => html`<h3>${withEmoji(textOf(block['text']))}</h3>`,
  divider: () => html`<hr />`,
  section: renderSection,
  context: (block, timeZone) =>
    html`<div class="context">${arrayOf(block['elements']).map((e) => renderElement(e, timeZone))}</div>`,
  actions: (block, timeZone) =>
    html`<div class="actions">${arrayOf(block['elements']).map((e) => renderElement(e, timeZone))}</div>`,
  image: (block) => renderImage(block),
  markdown: (block) => html`<div class="markdown">${textOf(block)}</div>`,
  rich_text: renderRichText,
  table: renderTable,
  data_table: renderDataTable,
  container: (block, timeZone) =>
    html`<div class="box">
      <strong>${textOf(block['title'])}</strong>${renderBlocks(arrayOf(block['child_blocks']), timeZone)}
    </div>`,
  carousel: (block, timeZone) =>
    html`<div class="carousel">${renderBlocks(arrayOf(block['elements']), timeZone)}</div>`,
  card: renderCard,
};

export function renderBlocks(blocks: readonly unknown[], timeZone: string): Html {
  return join(blocks.map((block) => renderBlock(fieldsOf(block), timeZone)));
}

function renderBlock(block: Fields, timeZone: string): Html {
  const type = String(block['type']);
  const render = Object.hasOwn(RENDERERS, type) ? RENDERERS[type] : undefined;
  return render ? render(block, timeZone) : html`<pre><code>${JSON.stringify(block, null, 2)}</code></pre>`;
}

/** A text object by its type: mrkdwn is markup, plain text is not. */
function renderText(value: unknown, timeZone: string): Html {
  const { type } = fieldsOf(value);
  const text = textOf(value);
  return type === 'mrkdwn' ? renderMrkdwn(text, timeZone) : html`${withEmoji(text)}`;
}

function renderSection(block: Fields, timeZone: string): Html {
  const text =
    block['text'] === undefined ? NOTHING : html`<div>${renderText(block['text'], timeZone)}</div>`;
  const fields = arrayOf(block['fields']).map((field) => html`<div>${renderText(field, timeZone)}</div>`);
  const grid = fields.length > 0 ? html`<div class="fields">${fields}</div>` : NOTHING;
  const accessory = block['accessory'] === undefined ? NOTHING : renderElement(block['accessory'], timeZone);
  return html`<div class="section">
    <div class="grow">${text}${grid}</div>
    ${accessory}
  </div>`;
}

function renderElement(value: unknown, timeZone: string): Html {
  const element = fieldsOf(value);
  switch (element['type']) {
    case 'button': {
      const style = element['style'] === 'primary' || element['style'] === 'danger' ? element['style'] : '';
      return html`<button type="button" class="${style}" disabled>
        ${withEmoji(textOf(element['text']))}
      </button>`;
    }
    case 'static_select':
    case 'overflow':
      return html`<button type="button" disabled>${textOf(element['placeholder']) || '⋯'} ▾</button>`;
    case 'image':
      return renderImage(element);
    default:
      return html`<span>${renderText(element, timeZone)}</span>`;
  }
}

/** Nothing is loaded from elsewhere: the page says which image would stand here. */
function renderImage(image: Fields): Html {
  return html`<span class="image" role="img" aria-label="${String(image['alt_text'])}"
    >🖼 ${String(image['alt_text'])}</span
  >`;
}

function renderCard(block: Fields, timeZone: string): Html {
  const lines = [block['title'], block['subtitle'], block['body']].filter((line) => line !== undefined);
  return html`<div class="box">${lines.map((line) => html`<div>${renderText(line, timeZone)}</div>`)}</div>`;
}
