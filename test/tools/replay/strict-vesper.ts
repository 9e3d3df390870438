import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const TEST_KEY = 'a-key-for-the-replay-tests';

/** One call as it came in. */
export interface Received {
  readonly at: number;
  readonly route: string;
  readonly body: Record<string, unknown>;
}

/** Answers in place of the next call that matches; `hangUp` breaks the connection, after carrying the call out. */
export interface Fault {
  readonly matches: (route: string) => boolean;
  readonly status: number | 'hang-up' | 'hang';
  readonly headers?: Record<string, string>;
}

interface Stored {
  readonly body: Record<string, unknown>;
  status: string;
  timestamp: number;
  lastSign: number;
  lastUpdate: string;
}

const STATUS_FIELDS =
  'scheduler_id service_name job_name status timestamp run_id execution_time_ms error_message metadata'.split(
    ' ',
  );
const REGISTER_FIELDS = 'scheduler_id service_name job_name owner_email tags'.split(' ');

/**
 * As much of the scheduler API as a replay meets, refusing what the real one refuses. Everything against the
 * contract is also kept in `violations`.
 */
export class StrictVesper {
  readonly received: Received[] = [];
  readonly violations: string[] = [];
  readonly faults: Fault[] = [];
  /** Answers are held back until so many calls are in flight, to see how many come at once. */
  gather = 0;
  maxInFlight = 0;
  /** Items a page of the list holds at most. */
  pageSize = 1000;
  /** Told of each call before it is answered. */
  onCall: (route: string) => void = () => {};
  private readonly schedulers = new Map<string, Stored>();
  private readonly inFlight = new Map<string, number>();
  private held: (() => void)[] = [];
  private readonly server: Server = createServer((request, response) => void this.handle(request, response));

  constructor(
    private readonly now: () => number,
    private readonly staleMs = 10_000,
  ) {}

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Statuses as the list shows them. */
  stateOf(id: string): string {
    const stored = this.schedulers.get(id);
    if (stored === undefined) return 'missing';
    return this.isStale(stored) ? 'stale' : stored.status;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request);
    const route = `${request.method} ${request.url}`;
    this.onCall(route);
    const lane = /schedulers\/([^/?]+)/.exec(route)?.[1] ?? 'list';
    this.enter(lane);
    if (this.gather > 0) await this.hold();
    const fault = this.faults.find((one) => one.matches(route));
    if (fault !== undefined) this.faults.splice(this.faults.indexOf(fault), 1);
    const carriedOut = fault === undefined || fault.status === 'hang-up';
    const answer = carriedOut
      ? this.answer(request, route, text)
      : { status: fault.status, body: { error: 'planted' } };
    this.inFlight.set(lane, (this.inFlight.get(lane) ?? 1) - 1);
    if (fault?.status === 'hang') return;
    if (fault?.status === 'hang-up') {
      request.socket.destroy();
      return;
    }
    response.writeHead(Number(answer.status), {
      'content-type': 'application/json',
      ...fault?.headers,
      ...answer.headers,
    });
    response.end(JSON.stringify(answer.body));
  }

  private answer(request: IncomingMessage, route: string, text: string): Answer {
    if (request.headers['x-api-key'] !== TEST_KEY) return refuse(401, 'Invalid API key');
    const list = /^GET \/api\/v1\/schedulers\?limit=(\d+)(?:&cursor=(\d+))?$/.exec(route);
    if (list !== null) return this.list(Number(list[1]), Number(list[2] ?? 0));
    if (request.headers['content-type'] !== 'application/json') return this.violate(415, route, 'media type');
    const body = JSON.parse(text) as Record<string, unknown>;
    this.received.push({ at: this.now(), route, body });
    if (route === 'POST /api/v1/schedulers/register') return this.register(body, route);
    const match = /^(PUT|POST) \/api\/v1\/schedulers\/([^/]+)\/(status|heartbeat)$/.exec(route);
    const verb = match?.[3] === 'status' ? 'PUT' : 'POST';
    if (match?.[2] === undefined || match[1] !== verb) return this.violate(404, route, 'unknown route');
    const stored = this.schedulers.get(match[2]);
    if (stored === undefined)
      return this.violate(404, route, `Scheduler ${match[2]} not found. Please register first.`);
    if (body.scheduler_id !== match[2]) return this.violate(400, route, 'scheduler_id differs from the path');
    return verb === 'PUT' ? this.update(stored, body, route) : this.heartbeat(stored, body, route);
  }

  private register(body: Record<string, unknown>, route: string): Answer {
    const unknown = Object.keys(body).filter((field) => !REGISTER_FIELDS.includes(field));
    if (unknown.length > 0) return this.violate(400, route, `unknown ${unknown.join()}`);
    const named = ['scheduler_id', 'service_name', 'job_name'].every((field) => isText(body[field], 255));
    if (!named || !/^[A-Za-z0-9][\w.:-]*$/.test(String(body.scheduler_id)))
      return this.violate(400, route, 'names');
    if ('owner_email' in body && !/^[^@\s]+@[^@\s]+\.[a-z]{2,}$/.test(String(body.owner_email))) {
      return this.violate(400, route, 'owner_email');
    }
    const id = String(body.scheduler_id);
    const fresh = { body, status: 'pending', timestamp: 0, lastSign: 0, lastUpdate: '' };
    if (!this.schedulers.has(id)) this.schedulers.set(id, fresh);
    return { status: 201, body };
  }

  private update(stored: Stored, body: Record<string, unknown>, route: string): Answer {
    const problem = findProblem(body, this.now());
    if (problem !== null) return this.violate(400, route, problem);
    if (body.service_name !== stored.body.service_name || body.job_name !== stored.body.job_name) {
      return this.violate(400, route, 'other names than registered');
    }
    const timestamp = Date.parse(String(body.timestamp));
    const repeated = JSON.stringify(body) === stored.lastUpdate;
    if (timestamp < stored.timestamp && !repeated) return { status: 200, body: { applied: false } };
    stored.status = String(body.status);
    stored.timestamp = timestamp;
    stored.lastSign = this.now();
    stored.lastUpdate = JSON.stringify(body);
    return { status: 200, body: { applied: true } };
  }

  private heartbeat(stored: Stored, body: Record<string, unknown>, route: string): Answer {
    if (Object.keys(body).join() !== 'scheduler_id') return this.violate(400, route, 'heartbeat body');
    stored.lastSign = this.now();
    return { status: 200, body: { message: 'Heartbeat recorded' } };
  }

  private list(limit: number, cursor: number): Answer {
    const all = [...this.schedulers].map(([id, stored]) => {
      return { scheduler_id: id, status: stored.status, stale: this.isStale(stored) };
    });
    const end = cursor + Math.min(limit, this.pageSize);
    const link = `<https://elsewhere.example/api/v1/schedulers?limit=${limit}&cursor=${end}>; rel="next"`;
    return { status: 200, body: all.slice(cursor, end), headers: end < all.length ? { link } : {} };
  }

  private isStale(stored: Stored): boolean {
    return stored.status === 'running' && this.now() - stored.lastSign > this.staleMs;
  }

  private enter(lane: string): void {
    const here = (this.inFlight.get(lane) ?? 0) + 1;
    this.inFlight.set(lane, here);
    if (here > 1 && lane !== 'register') this.violations.push(`two calls of ${lane} in flight`);
    const all = [...this.inFlight.values()].reduce((sum, one) => sum + one, 0);
    this.maxInFlight = Math.max(this.maxInFlight, all);
  }

  /** Holds an answer back until enough calls wait; a `setImmediate` later no more can be expected. */
  private async hold(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.held.push(resolve);
      if (this.held.length < this.gather) return;
      const held = this.held;
      this.held = [];
      setImmediate(() => held.forEach((release) => release()));
    });
  }

  private violate(status: number, route: string, problem: string): Answer {
    this.violations.push(`${route}: ${problem}`);
    return refuse(status, problem);
  }
}

interface Answer {
  readonly status: number | string;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

function refuse(statusCode: number, message: string): Answer {
  return { status: statusCode, body: { statusCode, message } };
}

function findProblem(body: Record<string, unknown>, now: number): string | null {
  const unknown = Object.keys(body).filter((field) => !STATUS_FIELDS.includes(field));
  if (unknown.length > 0) return `unknown ${unknown.join()}`;
  const { status, timestamp, execution_time_ms: took, error_message: error, run_id: run } = body;
  if (!['running', 'completed', 'failed'].includes(String(status))) return 'status';
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(timestamp))) return 'timestamp';
  if (Date.parse(String(timestamp)) > now + 5 * 60_000) return 'timestamp ahead';
  if (took !== undefined && !(Number.isInteger(took) && Number(took) >= 0)) return 'execution_time_ms';
  if (!isText(run, 128)) return 'run_id';
  if (status === 'failed' ? !isText(error, 4000) : error !== undefined) return 'error_message';
  return null;
}

function isText(value: unknown, max: number): boolean {
  return typeof value === 'string' && value.trim().length > 0 && value.length <= max;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += String(chunk);
  return text;
}
