import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import * as timers from 'node:timers/promises';
import { ApiEndpoint, Handling } from './api-endpoint';
import { CanvasDownload } from './canvas-download';
import { ControlEndpoint } from './control-endpoint';
import { PageEndpoint } from './page/page-endpoint';
import { BodyTooLarge, readBody } from './request-body';

/** Taken at load, so that a test's fake timers do not stop a fault that is meant to take real time. */
const sleep = timers.setTimeout;

export interface Endpoints {
  readonly api: ApiEndpoint;
  readonly control: ControlEndpoint;
  readonly page: PageEndpoint;
  readonly download: CanvasDownload;
}

/** Routes requests to the endpoints and does with sockets what a fault asks for. */
export class FakeSlackServer {
  private readonly server: Server;
  private readonly closing = new AbortController();

  constructor(private readonly endpoints: Endpoints) {
    this.server = createServer((request, response) => {
      this.route(request, response).catch((error: unknown) => fail(response, error));
    });
  }

  /** Rejects with `EADDRINUSE` when the port is taken. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.closing.abort();
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    this.server.closeAllConnections();
    await closed;
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const verb = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', 'http://fake-slack');
    const { api, control, page, download } = this.endpoints;
    const method = /^\/api\/([^/]+)$/.exec(url.pathname)?.[1];
    if (method !== undefined && verb === 'POST') {
      return this.handleCall(api.receive(method, request.headers, await readBody(request)), response);
    }
    if (url.pathname.startsWith('/_fake/')) {
      const answer = control.handle(verb, url, await readBody(request));
      return send(response, answer.status, JSON_TYPE, JSON.stringify(answer.body));
    }
    const answer =
      download.handle(url.pathname, request.headers.authorization) ??
      page.handle(verb, url, request.headers['if-none-match']);
    send(response, answer.status, answer.headers, answer.body);
  }

  private async handleCall({ call, delayMs, work }: Handling, response: ServerResponse): Promise<void> {
    if (delayMs > 0) {
      const stopped = await sleep(delayMs, false, { signal: this.closing.signal }).catch(() => true);
      if (stopped) return;
    }
    const answer = work();
    if (answer === 'drop' || answer === 'hang') {
      call.outcome.error = answer;
      if (answer === 'drop') response.socket?.destroy();
      return;
    }
    const isHeard = !response.destroyed;
    Object.assign(call.outcome, {
      status: isHeard ? answer.status : null,
      ok: answer.ok,
      error: answer.error,
    });
    send(response, answer.status, answer.headers, answer.body);
  }
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  response.writeHead(status, headers);
  response.end(body);
}

/** A caller who hung up is no news; anything else is a fault of the fake and must be seen. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) return;
  if (error instanceof BodyTooLarge) {
    response.setHeader('connection', 'close');
    return send(response, 413, { 'content-type': 'text/plain' }, error.message);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  send(response, 500, { 'content-type': 'text/plain; charset=utf-8' }, `the fake Slack is broken: ${text}`);
}
