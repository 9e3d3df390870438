import { connect, type Socket } from 'node:net';

/** Where requests come from and answers go. */
export interface Conversation {
  /** The next request, all ASCII; `null` ends the connection. */
  next(): string | Buffer | null;
  /** @param body the whole body when `wantsBody`, else empty */
  answered(status: number, latencyUs: number, body: string): void;
  failed(reason: string): void;
  readonly wantsBody: boolean;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One HTTP/1.1 connection with one request under way at a time. It reads just as much of an answer as it needs to know where it ends:
 * a load generator must cost far less than what it loads.
 */
export class KeepAliveConnection {
  private readonly socket: Socket;
  private sentAt = 0;
  /** Bytes of the current answer's body still to come; -1 while its head is awaited. */
  private missing = -1;
  private head: Buffer | null = null;
  private status = 0;
  private body = '';
  private done = false;

  constructor(
    port: number,
    private readonly conversation: Conversation,
  ) {
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.socket.once('connect', () => this.ask());
    this.socket.on('data', (chunk) => this.read(chunk));
    this.socket.once('error', (error) => this.fail(error.message));
    this.socket.once('close', () => this.fail('the server closed the connection'));
  }

  private ask(): void {
    const request = this.conversation.next();
    if (request === null) return this.end();
    this.missing = -1;
    this.body = '';
    this.sentAt = performance.now();
    if (typeof request === 'string') this.socket.write(request, 'latin1');
    else this.socket.write(request);
  }

  private read(chunk: Buffer): void {
    if (this.missing >= 0) return this.take(chunk, 0);
    const data = this.head === null ? chunk : Buffer.concat([this.head, chunk]);
    const end = data.indexOf(HEAD_END);
    if (end === -1) {
      this.head = data;
      return;
    }
    this.head = null;
    const head = data.toString('latin1', 0, end);
    this.status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) return this.fail(`an answer without a length:\n${head}`);
    this.missing = Number(length);
    this.take(data, end + HEAD_END.length);
  }

  private take(data: Buffer, from: number): void {
    this.missing -= data.length - from;
    if (this.missing < 0) return this.fail('more bytes than the answer said');
    if (this.conversation.wantsBody) this.body += data.toString('latin1', from);
    if (this.missing > 0) return;
    this.conversation.answered(this.status, (performance.now() - this.sentAt) * 1_000, this.body);
    this.ask();
  }

  private fail(reason: string): void {
    if (this.done) return;
    this.done = true;
    this.socket.destroy();
    this.conversation.failed(reason);
  }

  private end(): void {
    this.done = true;
    this.socket.end();
  }
}
