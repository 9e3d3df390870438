import { html } from '../../fake-slack/page/html';

/** What goes out over HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** The web pages that proxies, the web server and the sign-in put where JSON is expected. */
export function webPage(
  status: number,
  title: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const { source } = html`<!doctype html>
    <html lang="en">
      <head>
        <title>${title}</title>
      </head>
      <body>
        <h1>${title}</h1>
        <p>${text}</p>
      </body>
    </html>`;
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body: source };
}

export function wrongVerb(allowed: string): Answer {
  return webPage(405, 'Error 405--Method Not Allowed', 'The method is not allowed for this resource.', {
    allow: allowed,
  });
}
