import { FakeCanvas } from '../canvas/canvas';
import { sectionsOf } from '../canvas/sections';
import { parseMarkdown } from '../markdown/parse-markdown';
import { html, Html } from './html';
import { renderMarkdown } from './markdown.html';

/** A canvas as `url_private` and `canvases.getContent` give it: HTML whose elements carry their sections' ids. */
export function renderCanvasFile(canvas: FakeCanvas): Html {
  const sections = sectionsOf(canvas);
  const body = renderMarkdown(parseMarkdown(canvas.markdown), (section) => sections[section]?.id ?? null);
  return html`<div class="quip-canvas-content">${body}</div>`;
}
