import { FakeChannel, FakeMessage } from '../message';
import { Workspace } from '../workspace';
import { renderBlocks } from './block.html';
import { renderCanvases, renderLooseCanvases } from './canvas.html';
import { fieldsOf, arrayOf, textOf } from './fields';
import { html, Html, NOTHING } from './html';
import { renderMrkdwn } from './mrkdwn.html';
import { formatStamp } from './slack-date';

/** Long runs would make the page heavy; older messages stay readable in `/state.json` and `/render.txt`. */
const SHOWN_PER_CHANNEL = 200;

/** All channels with their threads and canvases: the part of the page that changes. */
export function renderFeed(workspace: Workspace, timeZone: string): Html {
  const channels = workspace.channels.map((channel) => renderChannel(channel, workspace, timeZone));
  return html`${channels} ${renderLooseCanvases(workspace, timeZone)}`;
}

function renderChannel(channel: FakeChannel, workspace: Workspace, timeZone: string): Html {
  const top = workspace.messagesOf(channel.id).filter((message) => message.threadTs === null);
  const shown = top.slice(-SHOWN_PER_CHANNEL);
  const hidden = top.length - shown.length;
  const empty = html`<p class="empty">No messages yet. They appear here as soon as Vesper posts.</p>`;
  return html`<section
    class="channel"
    id="${channel.id}"
    data-children
    data-name="#${channel.name}"
    aria-label="${channel.name}"
  >
    <h2>
      <span aria-hidden="true">${channel.isPrivate ? '🔒' : '#'}</span> ${channel.name}
      <code class="id">${channel.id}</code>
    </h2>
    <div class="columns" id="columns-${channel.id}" data-children>
      <div class="messages" id="messages-${channel.id}" data-children>
        ${hidden > 0 ? html`<p class="empty">${hidden} older messages are not shown here.</p>` : null}
        ${top.length === 0 ? empty : null}
        ${shown.map((message) => renderWithThread(message, workspace, timeZone))}
      </div>
      ${renderCanvases(channel.id, workspace, timeZone)}
    </div>
  </section>`;
}

function renderWithThread(message: FakeMessage, workspace: Workspace, timeZone: string): Html {
  const replies = workspace
    .messagesOf(message.channel)
    .filter((reply) => reply.threadTs === message.ts)
    .map((reply) => renderMessage(reply, timeZone, NOTHING));
  const count = replies.length === 1 ? '1 reply' : `${replies.length} replies`;
  const thread = html`<details class="thread" data-open="thread" open>
    <summary>${count}</summary>
    ${replies}
  </details>`;
  return renderMessage(message, timeZone, replies.length > 0 ? thread : NOTHING);
}

function renderMessage(message: FakeMessage, timeZone: string, thread: Html): Html {
  const key = `m-${message.channel}-${message.ts}`;
  const author = message.botId === null ? 'A person' : 'Vesper';
  const iso = new Date(message.postedAt).toISOString();
  return html`<article id="${key}" class="message ${message.deleted ? 'deleted' : ''}">
    <span class="avatar" aria-hidden="true">${author[0] ?? ''}</span>
    <div class="body">
      <p class="meta">
        <strong>${author}</strong>
        ${message.botId === null ? null : html`<span class="app">APP</span>`}
        <time datetime="${iso}">${formatStamp(message.postedAt, timeZone)}</time>
        ${renderEdited(message, timeZone)}
      </p>
      ${message.deleted ? html`<p class="empty">This message was deleted.</p>` : renderBody(message, timeZone)}
      ${thread}
    </div>
  </article>`;
}

/** Slack shows no mark on edited blocks; here the count matters, so it is always shown. */
function renderEdited(message: FakeMessage, timeZone: string): Html {
  const last = message.edits.at(-1);
  if (!last) return NOTHING;
  const times = message.edits.length === 1 ? 'edited' : `edited ${message.edits.length} times, last`;
  return html`<span class="edited">(${times} ${formatStamp(last.at, timeZone)})</span>`;
}

function renderBody(message: FakeMessage, timeZone: string): Html {
  const text = html`<div class="text">${renderMrkdwn(message.text, timeZone)}</div>`;
  const blocks = renderBlocks(message.blocks, timeZone);
  const attachments = message.attachments.map((attachment) => renderAttachment(attachment, timeZone));
  return html`${message.blocks.length > 0 ? blocks : text} ${attachments} ${renderDetails(message)}`;
}

function renderAttachment(value: unknown, timeZone: string): Html {
  const attachment = fieldsOf(value);
  const text = textOf(attachment);
  return html`<div class="attachment">
    ${text ? html`<div>${renderMrkdwn(text, timeZone)}</div>` : null}
    ${renderBlocks(arrayOf(attachment['blocks']), timeZone)}
  </div>`;
}

/** What a reader of Slack does not see but a developer wants to: notification text, metadata, warnings. */
function renderDetails(message: FakeMessage): Html {
  const warnings = message.markupWarnings.map((warning) => html`<p class="warning">⚠ ${warning}</p>`);
  const notification = html`<dt>Notification</dt>
    <dd>${message.text || '(none)'}</dd>`;
  const metadata = html`<dt>Metadata</dt>
    <dd><code>${JSON.stringify(message.metadata)}</code></dd>`;
  return html`${warnings}
    <details class="inspect" data-open="inspect">
      <summary>ts ${message.ts}</summary>
      <dl>${message.blocks.length > 0 ? notification : null} ${message.metadata ? metadata : null}</dl>
    </details>`;
}
