import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../src/domain/shared/clock';
import type { FakeMessage, FifoQueue } from './fake-sqs/fifo-queue';
import { OPERATIONS, type Service } from './fake-sqs/operations';
import { Parameters } from './fake-sqs/parameters';
import { arnOf, Queues } from './fake-sqs/queues';
import { Refusal } from './fake-sqs/refusal';

export type { FakeMessage } from './fake-sqs/fifo-queue';

export interface FakeSqsOptions {
  /** Its time, for visibility, deduplication and long polls. */
  readonly clock: Clock;
  /**
   * Whether a long poll waits for messages as long as it says; else it is answered at once, as if the time had passed. Default false: a test has
   * nobody to wait for.
   */
  readonly longPolls?: boolean;
}

/** `times` is 1 unless given. */
export type SqsFault = { readonly operation?: string; readonly times?: number } & (
  | { readonly kind: 'refuse'; readonly code: string; readonly status?: number }
  /** Carried out, and never answered. */
  | { readonly kind: 'lost_answer' }
  /** Neither carried out nor answered. */
  | { readonly kind: 'hang' }
  /** One entry of a batch fails; the call succeeds. */
  | { readonly kind: 'entry_fails' }
  /** A deletion is confirmed and the message comes back when its time is up. */
  | { readonly kind: 'forgotten_deletion' }
);

export interface SqsCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const SIGNATURE =
  /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/sqs\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/;

export const QUEUE = 'vesper-status.fifo';
export const DEAD_LETTERS = 'vesper-status-dead.fifo';

/**
 * An SQS that refuses what SQS refuses, in AWS JSON 1.0 over real HTTP: FIFO queues only, with groups, deduplication, visibility, receipts and a
 * dead-letter queue. What it does not model it refuses. It comes with {@link QUEUE}, which has {@link DEAD_LETTERS} after five receives.
 */
export class FakeSqs {
  readonly calls: SqsCall[] = [];
  readonly queues: Queues;
  private readonly faults: { fault: SqsFault; left: number }[] = [];
  private readonly held = new Set<ServerResponse>();
  private wakers: (() => void)[] = [];
  private server: Server;
  private port = 0;

  private constructor(private readonly options: FakeSqsOptions) {
    const now = () => options.clock.now().getTime();
    this.queues = new Queues(now, () => this.endpoint);
    this.queues.create(DEAD_LETTERS, { FifoQueue: 'true' });
    const policy = JSON.stringify({ deadLetterTargetArn: arnOf(DEAD_LETTERS), maxReceiveCount: 5 });
    this.queues.create(QUEUE, { FifoQueue: 'true', RedrivePolicy: policy });
    this.server = this.makeServer();
  }

  static async start(options: FakeSqsOptions): Promise<FakeSqs> {
    const fake = new FakeSqs(options);
    await fake.comeBack();
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Of {@link QUEUE}. */
  get queueUrl(): string {
    return this.queues.urlOf(QUEUE);
  }

  /** What Vesper is told, as an operator would. */
  get environment(): Record<string, string> {
    return { SQS_ENABLED: 'true', SQS_QUEUE_URL: this.queueUrl };
  }

  messages(name = QUEUE): readonly FakeMessage[] {
    return this.queues.named(name).messages;
  }

  callsOf(operation: string): readonly SqsCall[] {
    return this.calls.filter((call) => call.operation === operation);
  }

  /** Puts a message into {@link QUEUE} that nobody sent by the API. */
  plant(
    body: string,
    group: string,
    deduplicationId = `planted-${this.calls.length}-${Math.random()}`,
  ): void {
    this.queues
      .named(QUEUE)
      .send({ body, group, deduplicationId, attributes: {}, bytes: Buffer.byteLength(body) });
    this.wake();
  }

  fault(fault: SqsFault): void {
    this.faults.push({ fault, left: fault.times ?? 1 });
  }

  clearFaults(): void {
    this.faults.length = 0;
  }

  /** From now on nobody listens; whoever is connected is cut off. */
  async goAway(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** On the address of before. */
  async comeBack(): Promise<void> {
    this.server = this.makeServer();
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.held.forEach((answer) => answer.destroy());
    if (this.server.listening) await this.goAway();
  }

  private makeServer(): Server {
    return createServer((request, answer) => void this.receive(request, answer));
  }

  private async receive(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      await this.carryOut(request, Buffer.concat(chunks).toString('utf8'), answer);
    } catch (error) {
      this.refuse(
        answer,
        error instanceof Refusal ? error : new Refusal('InternalError', String(error), 500),
      );
    }
  }

  private async carryOut(request: IncomingMessage, text: string, answer: ServerResponse): Promise<void> {
    const name = demandHeaders(request);
    const input = JSON.parse(text) as Record<string, unknown>;
    this.calls.push({ operation: name, input });
    const fault = this.take(name, 'refuse', 'hang', 'lost_answer');
    if (fault?.kind === 'refuse') throw new Refusal(fault.code, fault.code, fault.status ?? 400);
    if (fault?.kind === 'hang') return void this.held.add(answer);
    const operation = OPERATIONS[name];
    if (operation === undefined)
      throw new Refusal('UnsupportedOperation', `this stand-in does not know ${name}`);
    const output = await operation(new Parameters(input), this.service(answer));
    this.wake();
    if (fault?.kind === 'lost_answer') return void answer.destroy();
    send(answer, 200, output);
  }

  private service(answer: ServerResponse): Service {
    return {
      queues: this.queues,
      now: () => this.options.clock.now().getTime(),
      isUnlucky: (operation) => this.take(operation, 'entry_fails') !== null,
      forgetsDeletion: () => this.take('DeleteMessageBatch', 'forgotten_deletion') !== null,
      wait: (untilMs, queue) => this.wait(untilMs, queue, answer),
    };
  }

  /** Until the next message comes or comes back, the time is up, or nobody listens any more. */
  private async wait(untilMs: number, queue: FifoQueue, answer: ServerResponse): Promise<boolean> {
    const { clock, longPolls = false } = this.options;
    if (!longPolls || answer.destroyed) return false;
    const over = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.wakers.push(resolve);
      answer.once('close', resolve);
    });
    const wakeAt = Math.min(untilMs, queue.nextReturnAt() ?? untilMs);
    await Promise.race([woken, clock.sleep(wakeAt - clock.now().getTime(), over.signal)]);
    over.abort();
    return !answer.destroyed;
  }

  private wake(): void {
    this.wakers.splice(0).forEach((wake) => wake());
  }

  private take<K extends SqsFault['kind']>(
    operation: string,
    ...kinds: K[]
  ): Extract<SqsFault, { kind: K }> | null {
    const index = this.faults.findIndex(
      ({ fault }) => (kinds as string[]).includes(fault.kind) && (fault.operation ?? operation) === operation,
    );
    const found = this.faults[index];
    if (found === undefined) return null;
    if (--found.left <= 0) this.faults.splice(index, 1);
    return found.fault as Extract<SqsFault, { kind: K }>;
  }

  private refuse(answer: ServerResponse, { code, message, status, queryCode }: Refusal): void {
    answer.setHeader('x-amzn-query-error', `${queryCode};${status < 500 ? 'Sender' : 'Receiver'}`);
    send(answer, status, { __type: `com.amazonaws.sqs#${code}`, message });
  }
}

/** @returns the operation @throws Refusal of a request that is not AWS JSON 1.0, or not signed */
function demandHeaders({ method, url, headers }: IncomingMessage): string {
  if (method !== 'POST' || url !== '/') throw new Refusal('UnknownOperationException', 'only POST /', 404);
  if (headers['content-type'] !== 'application/x-amz-json-1.0')
    throw new Refusal('UnknownOperationException', 'not AWS JSON 1.0', 404);
  const [, operation] = /^AmazonSQS\.(\w+)$/.exec(String(headers['x-amz-target'])) ?? [];
  if (operation === undefined) throw new Refusal('UnknownOperationException', 'no target', 404);
  if (!SIGNATURE.test(headers.authorization ?? ''))
    throw new Refusal('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  return operation;
}

function send(answer: ServerResponse, status: number, body: object): void {
  answer.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  answer.end(JSON.stringify(body));
}
