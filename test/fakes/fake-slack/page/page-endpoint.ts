import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from '../workspace';
import { canvasAnchor } from './canvas.html';
import { renderFeed } from './message.html';
import { renderPage } from './page.html';
import { renderAsText } from './plain-text';

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const SECURITY = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** Everything a person (or a drill) looks at: the page, its feed, plain text, JSON. Reads only. */
export class PageEndpoint {
  private readonly css = readFileSync(join(__dirname, 'page.css'), 'utf8');
  private readonly script = readFileSync(join(__dirname, 'page.js'), 'utf8');

  constructor(private readonly workspace: Workspace) {}

  handle(verb: string, url: URL, knownTag: string | undefined): PageAnswer {
    if (verb !== 'GET' && verb !== 'HEAD')
      return answer(405, 'text/plain', `${verb} is not for ${url.pathname}`);
    const timeZone = toTimeZone(url.searchParams.get('tz'));
    switch (url.pathname) {
      case '/':
        return answer(200, 'text/html', renderPage(renderFeed(this.workspace, timeZone)));
      case '/page.css':
        return answer(200, 'text/css', this.css);
      case '/page.js':
        return answer(200, 'text/javascript', this.script);
      case '/feed.html':
        return this.feed(timeZone, knownTag);
      case '/state.json':
        return answer(200, 'application/json', JSON.stringify(this.state()));
      case '/render.txt':
        return answer(
          200,
          'text/plain',
          renderAsText(this.workspace, url.searchParams.get('channel'), timeZone),
        );
      default:
        return this.permalink(url.pathname);
    }
  }

  private feed(timeZone: string, knownTag: string | undefined): PageAnswer {
    const etag = `"${this.workspace.revision}-${timeZone}"`;
    if (knownTag === etag) return { status: 304, headers: { ...SECURITY, etag }, body: '' };
    const { status, headers, body } = answer(200, 'text/html', renderFeed(this.workspace, timeZone).source);
    return { status, headers: { ...headers, etag }, body };
  }

  private state(): unknown {
    const { channels, canvases, revision } = this.workspace;
    const messages = channels.flatMap(({ id }) => this.workspace.messagesOf(id));
    return { revision, channels, messages, canvases: canvases.list() };
  }

  /** Where `chat.getPermalink` and a canvas's `permalink` point: the message or the canvas on the page. */
  private permalink(path: string): PageAnswer {
    const id = /^\/docs\/T[A-Z0-9]+\/(F[A-Z0-9]+)$/.exec(path)?.[1];
    const canvas = id === undefined ? null : this.workspace.canvases.find(id);
    if (canvas) return redirect(`/#${canvasAnchor(canvas)}`);
    const match = /^\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})$/.exec(path);
    if (!match) return answer(404, 'text/plain', `nothing at ${path}`);
    return redirect(`/#m-${match[1]}-${match[2]}.${match[3]}`);
  }
}

function redirect(location: string): PageAnswer {
  return { status: 302, headers: { ...SECURITY, location }, body: '' };
}

function answer(status: number, type: string, body: string): PageAnswer {
  return { status, headers: { ...SECURITY, 'content-type': `${type}; charset=utf-8` }, body };
}

/** The reader's zone as the browser names it; UTC when it names none we know. */
function toTimeZone(name: string | null): string {
  if (!name) return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
