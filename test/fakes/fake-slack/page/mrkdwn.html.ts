import { kindOfSequence } from '../scan-markup';
import { withEmoji } from './emoji';
import { html, Html, join, NOTHING } from './html';
import { formatSlackDate, parseSlackDate } from './slack-date';

const FENCE = /```\n?([\s\S]*?)\n?```/g;
const INLINE =
  /`([^`\n]+)`|<([^<>]+)>|(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])|(?<![\w_])_(\S(?:[^_\n]*\S)?)_(?![\w_])|(?<![\w~])~(\S(?:[^~\n]*\S)?)~(?![\w~])/g;

/** Renders Slack's mrkdwn roughly as Slack does: code, quotes, bold, italic, strike, links, mentions, dates. */
export function renderMrkdwn(text: string, timeZone: string): Html {
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(FENCE)) {
    parts.push(renderLines(text.slice(end, match.index).replace(/\n$/, ''), timeZone));
    parts.push(html`<pre><code>${unescape(match[1] ?? '')}</code></pre>`);
    end = match.index + match[0].length;
  }
  parts.push(renderLines(text.slice(end).replace(/^\n/, end > 0 ? '' : '\n'), timeZone));
  return join(parts);
}

function renderLines(text: string, timeZone: string): Html {
  if (text === '') return NOTHING;
  const lines = text.split('\n').map((line) => {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line)?.[1];
    if (quoted !== undefined) return html`<blockquote>${renderInline(quoted, timeZone)}</blockquote>`;
    return html`${renderInline(line, timeZone)}<br />`;
  });
  return new Html(join(lines).source.replace(/<br \/>$/, ''));
}

function renderInline(text: string, timeZone: string): Html {
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(html`${withEmoji(unescape(text.slice(end, match.index)))}`);
    const [whole, code, sequence, bold, italic, struck] = match;
    if (code !== undefined) parts.push(html`<code>${unescape(code)}</code>`);
    else if (sequence !== undefined) parts.push(renderSequence(sequence, whole, timeZone));
    else if (bold !== undefined) parts.push(html`<strong>${renderInline(bold, timeZone)}</strong>`);
    else if (italic !== undefined) parts.push(html`<em>${renderInline(italic, timeZone)}</em>`);
    else parts.push(html`<s>${renderInline(struck ?? '', timeZone)}</s>`);
    end = match.index + whole.length;
  }
  parts.push(html`${withEmoji(unescape(text.slice(end)))}`);
  return join(parts);
}

function renderSequence(inner: string, raw: string, timeZone: string): Html {
  const kind = kindOfSequence(inner);
  const [target = '', label] = inner.split('|', 2);
  const shown = label === undefined ? null : unescape(label);
  switch (kind) {
    case 'link':
      return html`<a href="${unescape(target)}" rel="noopener noreferrer nofollow"
        >${shown ?? unescape(target)}</a
      >`;
    case 'date': {
      const date = parseSlackDate(inner);
      return html`${date ? formatSlackDate(date, timeZone) : raw}`;
    }
    case null:
      return html`${raw}`;
    default:
      return html`<span class="mention ${kind}">${shown ?? mentionName(target)}</span>`;
  }
}

function mentionName(target: string): string {
  return target.replace(/^!subteam\^/, '@').replace(/^!/, '@');
}

/** The three characters Slack wants escaped, turned back. */
export function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
