import { emojiNamed } from './emoji';
import { arrayOf, Fields, fieldsOf, textOf } from './fields';
import { html, Html, join } from './html';
import { formatSlackDate } from './slack-date';

/** A `rich_text` block or table cell. */
export function renderRichText(block: Fields, timeZone: string): Html {
  return join(arrayOf(block['elements']).map((element) => renderPart(fieldsOf(element), timeZone)));
}

function renderPart(part: Fields, timeZone: string): Html {
  const inlines = arrayOf(part['elements']).map((element) => renderInline(fieldsOf(element), timeZone));
  switch (part['type']) {
    case 'rich_text_preformatted':
      return html`<pre><code>${inlines}</code></pre>`;
    case 'rich_text_quote':
      return html`<blockquote>${inlines}</blockquote>`;
    case 'rich_text_list': {
      const items = arrayOf(part['elements']).map(
        (item) => html`<li>${renderPart(fieldsOf(item), timeZone)}</li>`,
      );
      return part['style'] === 'ordered'
        ? html`<ol>
            ${items}
          </ol>`
        : html`<ul>
            ${items}
          </ul>`;
    }
    default:
      return html`<div>${inlines}</div>`;
  }
}

function renderInline(element: Fields, timeZone: string): Html {
  const text = inlineText(element, timeZone);
  const style = fieldsOf(element['style']);
  let styled = element['type'] === 'text' ? html`${text}` : html`<span class="mention">${text}</span>`;
  if (element['type'] === 'link') {
    styled = html`<a href="${String(element['url'])}" rel="noopener noreferrer nofollow">${text}</a>`;
  }
  if (element['type'] === 'emoji' || element['type'] === 'date') styled = html`${text}`;
  if (style['code'] === true) styled = html`<code>${styled}</code>`;
  if (style['bold'] === true) styled = html`<strong>${styled}</strong>`;
  if (style['italic'] === true) styled = html`<em>${styled}</em>`;
  if (style['strike'] === true) styled = html`<s>${styled}</s>`;
  return styled;
}

/** The words of one inline element, for the page and for plain text alike. */
export function inlineText(element: Fields, timeZone: string): string {
  switch (element['type']) {
    case 'link':
      return textOf(element) || String(element['url']);
    case 'emoji':
      return emojiNamed(String(element['name']));
    case 'user':
      return `@${String(element['user_id'])}`;
    case 'usergroup':
      return `@${String(element['usergroup_id'])}`;
    case 'channel':
      return `#${String(element['channel_id'])}`;
    case 'broadcast':
      return `@${String(element['range'])}`;
    case 'date': {
      const { timestamp, format, fallback } = element;
      const date = {
        seconds: Number(timestamp),
        format: String(format),
        fallback: typeof fallback === 'string' ? fallback : '',
      };
      return formatSlackDate(date, timeZone);
    }
    default:
      return textOf(element);
  }
}
