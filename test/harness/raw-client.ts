import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A TCP connection on which bytes are sent as they are, and answers read as they come. */
export class RawClient {
  private received = Buffer.alloc(0);

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
    });
    // A reset is one way to end a connection; whoever waits for an answer sees that none came.
    socket.on('error', () => socket.destroy());
  }

  /** @param url `http://host:port` */
  static async open(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(...parts: readonly (string | Uint8Array)[]): void {
    this.socket.write(
      Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))),
    );
  }

  /** The next answer (interim ones skipped), or `null` when the connection ends without one. */
  async next(): Promise<RawAnswer | null> {
    for (;;) {
      const answer = this.takeAnswer();
      if (answer !== null && answer.status >= 200) return answer;
      if (answer !== null) continue;
      if (this.socket.destroyed || this.socket.readableEnded) return null;
      await Promise.race(['data', 'close', 'end'].map((event) => once(this.socket, event)));
    }
  }

  /** Resolves when the other side has ended the connection. */
  async ended(): Promise<void> {
    if (!this.socket.destroyed && !this.socket.readableEnded)
      await Promise.race([once(this.socket, 'end'), once(this.socket, 'close')]);
  }

  /** Hangs up in the middle of whatever it is. */
  drop(): void {
    this.socket.destroy();
  }

  private takeAnswer(): RawAnswer | null {
    const headEnd = this.received.indexOf('\r\n\r\n');
    if (headEnd < 0) return null;
    const [first = '', ...lines] = this.received.subarray(0, headEnd).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const length = Number(headers['content-length'] ?? 0);
    const bodyStart = headEnd + 4;
    if (this.received.length < bodyStart + length) return null;
    const body = this.received.subarray(bodyStart, bodyStart + length).toString();
    this.received = this.received.subarray(bodyStart + length);
    return { status: Number(first.split(' ')[1]), headers, body };
  }
}
