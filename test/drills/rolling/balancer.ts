import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** As often as a load balancer that is set to be quick; two answers in a row decide. */
export const ASK_EVERY_MS = 500;
const ANSWERS_THAT_DECIDE = 2;
/** A busy machine is slow to answer, which is not to say that it is not ready. */
const ASK_TIMEOUT_MS = 2_000;

interface Backend {
  readonly port: number;
  readonly agent: Agent;
  inUse: boolean;
  retired: boolean;
  asking: boolean;
  /** Answers in a row that say otherwise than `inUse`. */
  against: number;
}

/**
 * A load balancer as simple as they come: takes turns among the instances that say that they are ready, keeps connections to them open, and tries
 * nothing twice. Where it cannot pass something on, it hangs up.
 */
export class Balancer {
  private backends: Backend[] = [];
  private turn = 0;
  private readonly timer = setInterval(() => this.askAll(), ASK_EVERY_MS);
  /** What could not be passed on, and why. */
  readonly faults: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<Balancer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const balancer = new Balancer(server, (server.address() as AddressInfo).port);
    server.on('request', (incoming, outgoing) => balancer.pass(incoming, outgoing));
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on it is asked whether it is ready, and used as long as it is. */
  add(port: number): void {
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    this.backends.push({ port, agent, inUse: false, retired: false, asking: false, against: 0 });
  }

  /** Sends it nothing more, whatever it says; what it has been sent comes to its end. */
  retire(port: number): void {
    for (const backend of this.backends.filter((one) => one.port === port)) {
      backend.inUse = false;
      backend.retired = true;
    }
  }

  remove(port: number): void {
    this.backends.filter((one) => one.port === port).forEach(({ agent }) => agent.destroy());
    this.backends = this.backends.filter((one) => one.port !== port);
  }

  isUsed(port: number): boolean {
    return this.backends.some((one) => one.port === port && one.inUse);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    for (const { port } of [...this.backends]) this.remove(port);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const used = this.backends.filter(({ inUse }) => inUse);
    const backend = used[this.turn++ % used.length];
    if (backend === undefined) return this.fail(outgoing, 'no instance is ready');
    const { port, agent } = backend;
    const { method, url: path, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port, method, path, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
    });
    onward.once('error', (error: NodeJS.ErrnoException) =>
      this.fail(outgoing, `${method} ${path}: ${error.code ?? error.message}`),
    );
    incoming.pipe(onward);
  }

  private fail(outgoing: ServerResponse, reason: string): void {
    this.faults.push(reason);
    outgoing.destroy();
  }

  private askAll(): void {
    for (const backend of this.backends.filter(({ retired, asking }) => !retired && !asking)) {
      backend.asking = true;
      void isReady(backend.port).then((ready) => {
        backend.asking = false;
        backend.against = ready === backend.inUse ? 0 : backend.against + 1;
        if (backend.against < ANSWERS_THAT_DECIDE || backend.retired) return;
        backend.inUse = ready;
        backend.against = 0;
      });
    }
  }
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const path = '/api/v1/health/ready';
    const call = request(
      { host: '127.0.0.1', port, path, agent: false, timeout: ASK_TIMEOUT_MS },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode === 200));
      },
    );
    call.once('timeout', () => call.destroy());
    call.once('error', () => resolve(false));
    call.end();
  });
}
