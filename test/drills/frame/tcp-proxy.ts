import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** So much of what a client sent last is looked at. */
const LOOK_BACK = 64 * 1_024;

/**
 * Stands between one client process and a server, so that a drill sees what this very process is about to say. What it has seen is passed on
 * after `onRequest`.
 */
export class TcpProxy {
  private constructor(
    private readonly server: Server,
    private readonly sockets: ReadonlySet<Socket>,
    readonly port: number,
  ) {}

  /** @param onRequest given what came on one connection since its last request began */
  static async start(target: URL, onRequest: (text: string) => void): Promise<TcpProxy> {
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const upstream = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
      let seen = '';
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.once('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
        // The close that follows ends both sides.
        socket.on('error', () => undefined);
      }
      client.on('data', (chunk) => {
        seen = sinceLastRequest(seen + chunk.toString('latin1'));
        onRequest(seen);
        upstream.write(chunk);
      });
      upstream.pipe(client);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TcpProxy(server, sockets, (server.address() as AddressInfo).port);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

function sinceLastRequest(text: string): string {
  const begins = text.lastIndexOf('POST /');
  return text.slice(Math.max(begins, text.length - LOOK_BACK, 0));
}
