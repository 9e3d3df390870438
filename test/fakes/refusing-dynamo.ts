import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const WRITES = /\.(?:TransactWriteItems|PutItem|UpdateItem|DeleteItem|BatchWriteItem)$/;

/** Stands before the emulator and passes everything on; while it refuses, writes are answered as by a DynamoDB that is ill. */
export class RefusingDynamo {
  private writesLeft = Infinity;
  private readonly server = createServer((incoming, answer) => this.receive(incoming, answer));

  /** @param target address of the emulator */
  private constructor(private readonly target: string) {}

  static async start(target: string): Promise<RefusingDynamo> {
    const proxy = new RefusingDynamo(target);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** From now on it takes so many writes and no more. */
  refuseAfter(writes: number): void {
    this.writesLeft = writes;
  }

  heal(): void {
    this.writesLeft = Infinity;
  }

  /** For `DYNAMODB_ENDPOINT`. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private receive(incoming: IncomingMessage, answer: ServerResponse): void {
    if (WRITES.test(String(incoming.headers['x-amz-target'])) && this.writesLeft-- <= 0) {
      incoming.resume();
      answer.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' });
      answer.end('{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"ill"}');
      return;
    }
    const { method, url, headers } = incoming;
    const passedOn = request(new URL(url ?? '/', this.target), { method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    passedOn.once('error', () => answer.destroy());
    incoming.pipe(passedOn);
  }
}
