import { withEmoji } from './emoji';
import { arrayOf, Fields, fieldsOf, textOf } from './fields';
import { html, Html } from './html';
import { renderRichText } from './rich-text.html';

/** Slack sets the first row apart, whether or not it was meant as a heading. */
export function renderTable(block: Fields, timeZone: string): Html {
  return renderRows(block, null, timeZone);
}

export function renderDataTable(block: Fields, timeZone: string): Html {
  return renderRows(block, String(block['caption']), timeZone);
}

function renderRows(block: Fields, caption: string | null, timeZone: string): Html {
  const [head, ...body] = arrayOf(block['rows']).map(arrayOf);
  const settings = arrayOf(block['column_settings']).map(fieldsOf);
  const cells = (row: readonly unknown[], tag: 'td' | 'th'): Html[] =>
    row.map((cell, column) => renderCell(fieldsOf(cell), tag, settings[column] ?? {}, timeZone));
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption ?? 'table'}">
    <table>
      ${
        caption === null
          ? null
          : html`<caption>
              ${caption}
            </caption>`
      }
      <thead>
        <tr>
          ${cells(head ?? [], 'th')}
        </tr>
      </thead>
      <tbody>
        ${body.map(
          (row) =>
            html`<tr>
              ${cells(row, 'td')}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function renderCell(cell: Fields, tag: 'td' | 'th', setting: Fields, timeZone: string): Html {
  const align = typeof setting['align'] === 'string' ? setting['align'] : 'left';
  const wrap = setting['is_wrapped'] === true ? 'wrap' : '';
  const content =
    cell['type'] === 'rich_text' ? renderRichText(cell, timeZone) : html`${withEmoji(textOf(cell))}`;
  return tag === 'th'
    ? html`<th scope="col" class="${align} ${wrap}">${content}</th>`
    : html`<td class="${align} ${wrap}">${content}</td>`;
}
