import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';

/** `throttling`: what comes beyond so many calls a second is refused as DynamoDB does when a table or partition takes no more. */
export type DynamoTrouble =
  | { readonly kind: 'none' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'hanging' }
  | { readonly kind: 'throttling'; readonly perSecond: number };

const THROTTLED = {
  __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
  message:
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
};

/** Stands in front of DynamoDB and has the troubles that an emulator does not know. */
export class DynamoProxy {
  trouble: DynamoTrouble = { kind: 'none' };
  throttled = 0;
  taken = 0;
  private tokens = 0;
  private filledAt = performance.now();
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 512 });
  private readonly server: Server;

  private constructor(private readonly target: URL) {
    this.server = createServer((incoming, outgoing) => this.handle(incoming, outgoing));
  }

  static async start(endpoint: string): Promise<DynamoProxy> {
    const proxy = new DynamoProxy(new URL(endpoint));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    this.agent.destroy();
    await closed;
  }

  private handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    switch (this.trouble.kind) {
      case 'gone':
        incoming.socket.destroy();
        return;
      case 'hanging':
        incoming.resume();
        return;
      case 'throttling':
        if (!this.admits(this.trouble.perSecond)) return this.throttle(incoming, outgoing);
        return this.forward(incoming, outgoing);
      case 'none':
        return this.forward(incoming, outgoing);
    }
  }

  /** As many at once as a second brings. */
  private admits(perSecond: number): boolean {
    const now = performance.now();
    this.tokens = Math.min(perSecond, this.tokens + ((now - this.filledAt) / 1_000) * perSecond);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    this.taken += 1;
    return true;
  }

  private throttle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    this.throttled += 1;
    incoming.resume();
    incoming.once('end', () => {
      outgoing.writeHead(400, {
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-requestid': randomUUID(),
      });
      outgoing.end(JSON.stringify(THROTTLED));
    });
  }

  private forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, url, headers } = incoming;
    const { hostname, port } = this.target;
    const call = request({ hostname, port, method, path: url, headers, agent: this.agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    call.once('error', () => outgoing.destroy());
    incoming.pipe(call);
  }
}
