import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BodyTooLarge } from '../../fake-slack/request-body';

/** An HTTP server that can go away and come back at the same address. */
export class Listener {
  private readonly server: Server;
  private address = { host: '127.0.0.1', port: 0 };

  constructor(receive: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
    this.server = createServer((request, response) => {
      receive(request, response).catch((error: unknown) => fail(response, error));
    });
  }

  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  get url(): string {
    const { host, port } = this.address;
    return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
  }

  get isUp(): boolean {
    return this.server.listening;
  }

  /** Rejects with `EADDRINUSE` when the port is taken; 0 = a free one. */
  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    this.address = { host, port: (this.server.address() as AddressInfo).port };
  }

  /** Connections are refused from now on, and the open ones are gone. */
  async takeDown(): Promise<void> {
    if (!this.isUp) return;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  /** Listens again at the same address. */
  async bringUp(): Promise<void> {
    if (!this.isUp) await this.listen(this.address.port, this.address.host);
  }
}

/** A caller who hung up is no news; anything else is a fault of the fake and must be seen. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) return;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  response.writeHead(error instanceof BodyTooLarge ? 413 : 500, {
    'content-type': 'text/plain; charset=utf-8',
    connection: 'close',
  });
  response.end(`the fake EPM is broken: ${text}`);
}
