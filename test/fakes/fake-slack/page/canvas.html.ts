import { channelsOf, FakeCanvas } from '../canvas/canvas';
import { parseMarkdown } from '../markdown/parse-markdown';
import { Workspace } from '../workspace';
import { html, Html, NOTHING } from './html';
import { renderMarkdown } from './markdown.html';
import { formatStamp } from './slack-date';

/** The canvases a channel shows, deleted ones included, beside its messages. */
export function renderCanvases(channelId: string, workspace: Workspace, timeZone: string): Html {
  const canvases = workspace.canvases.list().filter((canvas) => channelsOf(canvas).includes(channelId));
  return html`<aside class="canvases" id="canvases-${channelId}" data-children aria-label="Canvases">
    ${canvases.map((canvas) => renderCanvas(canvas, anchorIn(canvas, channelId), timeZone))}
  </aside>`;
}

/** Canvases nobody has put into a channel yet. */
export function renderLooseCanvases(workspace: Workspace, timeZone: string): Html {
  const canvases = workspace.canvases.list().filter((canvas) => channelsOf(canvas).length === 0);
  if (canvases.length === 0) return NOTHING;
  return html`<section class="channel" id="loose" data-children data-name="canvases" aria-label="Canvases">
    <h2>Canvases in no channel</h2>
    ${canvases.map((canvas) => renderCanvas(canvas, canvasAnchor(canvas), timeZone))}
  </section>`;
}

/** Where a permalink leads: the canvas in the first channel that shows it. */
export function canvasAnchor(canvas: FakeCanvas): string {
  return `canvas-${canvas.id}`;
}

/** A canvas shown in several channels carries its own id only once. */
function anchorIn(canvas: FakeCanvas, channelId: string): string {
  const anchor = canvasAnchor(canvas);
  return channelsOf(canvas)[0] === channelId ? anchor : `${anchor}-${channelId}`;
}

function renderCanvas(canvas: FakeCanvas, anchor: string, timeZone: string): Html {
  const warnings = canvas.markupWarnings.map((warning) => html`<p class="warning">⚠ ${warning}</p>`);
  const body = canvas.deleted
    ? html`<p class="empty">This canvas was deleted.</p>`
    : html`<div class="document">${renderMarkdown(parseMarkdown(canvas.markdown))}</div>
        ${warnings}`;
  return html`<article id="${anchor}" class="canvas ${canvas.deleted ? 'deleted' : ''}">
    <header class="meta">
      <strong>${canvas.isLocked ? '🔒' : '📄'} ${canvas.title}</strong>
      <code class="id">${canvas.id}</code>
      <span class="edited">${describeEdits(canvas, timeZone)}</span>
    </header>
    ${body}
  </article>`;
}

/** `created by Vesper 21 Nov 01:02:03`, or how often and when it was edited since. */
export function describeEdits(canvas: FakeCanvas, timeZone: string): string {
  const last = canvas.edits.at(-1);
  const name = (by: FakeCanvas['createdBy']): string => (by === 'vesper' ? 'Vesper' : 'a person');
  if (!last) return `created by ${name(canvas.createdBy)} ${formatStamp(canvas.createdAt, timeZone)}`;
  const count = canvas.revision - 1;
  const times = count === 1 ? 'edited once' : `edited ${count} times, last`;
  return `${times} by ${name(last.by)} ${formatStamp(last.at, timeZone)}`;
}
