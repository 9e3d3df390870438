import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FakeEpm } from '../../fake-epm';
import { readBody } from '../../fake-slack/request-body';
import { Answer, json } from '../hosts/answer';
import { act, Fields } from './acts';
import { PAGE_CSS, renderAsText, renderPage } from './page.html';

const SECURITY = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** What a person looks at, and `/_fake/…`: how another process starts jobs, ends them, and makes things go wrong. */
export class ControlEndpoint {
  constructor(private readonly epm: FakeEpm) {}

  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake-epm');
    const { status, headers, body } = await this.answer(
      request.method ?? 'GET',
      url,
      await readBody(request),
    );
    response.writeHead(status, headers);
    response.end(body);
  }

  private async answer(verb: string, url: URL, body: Buffer): Promise<Answer> {
    const view = verb === 'GET' ? this.view(url) : null;
    if (view) return view;
    const path = /^\/_fake\/(.+)$/.exec(url.pathname)?.[1];
    if (path === undefined) return json(404, { ok: false, error: `nothing at ${verb} ${url.pathname}` });
    try {
      return json(200, { ok: true, ...(await act(this.epm, verb, path, fieldsOf(body))) });
    } catch (error) {
      return json(400, { ok: false, error: error instanceof Error ? error.message : String(error) });
    }
  }

  private view(url: URL): Answer | null {
    switch (url.pathname) {
      case '/':
        return text('text/html', renderPage(this.epm.state()));
      case '/page.css':
        return text('text/css', PAGE_CSS);
      case '/state.txt':
        return text('text/plain', renderAsText(this.epm.state()));
      case '/state.json':
        return json(200, this.epm.state(), SECURITY);
      case '/_fake/calls':
        return json(200, this.epm.calls(url.searchParams.get('host') ?? undefined), SECURITY);
      default:
        return null;
    }
  }
}

function text(type: string, body: string): Answer {
  return { status: 200, headers: { ...SECURITY, 'content-type': `${type}; charset=utf-8` }, body };
}

function fieldsOf(body: Buffer): Fields {
  if (body.length === 0) return {};
  const value: unknown = JSON.parse(body.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('the body must be a JSON object');
  return value as Fields;
}
