import { setTimeout as sleep } from 'node:timers/promises';
import { API_KEY } from '../../processes/vesper-process';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly link: string | null;
  readonly retryAfter: string | null;
  readonly latencyMs: number;
}

/** No answer: whether the call was carried out is unknown. */
export interface NoReply {
  readonly fault: string;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api/v1`. */
  readonly path: string;
  readonly body?: object;
}

/** What a call came to after all its attempts. */
export interface Acknowledged {
  readonly reply: Reply;
  readonly attempts: number;
}

/** Vesper answered in a way that repeating the call would not change. */
export class Refused extends Error {}

/** Clients share the cores with what starts again; services do not. */
const PAUSE_MS = 150;
/** Longer than anybody should have to wait, so that a drill sees how long it was. */
const TIMEOUT_MS = 25_000;

/** Calls Vesper as its clients do: again and again until it is acknowledged. */
export class ApiClient {
  /** @param urls of the instances; each attempt goes to the next one */
  constructor(
    private readonly urls: readonly string[],
    /** Told of every attempt. */
    private readonly onAttempt: (call: Call, reply: Reply | NoReply) => void = () => undefined,
  ) {}

  private turn = 0;

  /** One attempt. Never rejects for what the network does. */
  async attempt(call: Call): Promise<Reply | NoReply> {
    const reply = await this.send(call);
    this.onAttempt(call, reply);
    return reply;
  }

  private async send({ method, path, body }: Call): Promise<Reply | NoReply> {
    const url = `${this.urls[this.turn++ % this.urls.length]}/api/v1${path}`;
    const startedAt = performance.now();
    try {
      const answer = await fetch(url, {
        method,
        headers: {
          'x-api-key': API_KEY,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await answer.text();
      return {
        status: answer.status,
        body: text === '' ? null : (JSON.parse(text) as unknown),
        link: answer.headers.get('link'),
        retryAfter: answer.headers.get('retry-after'),
        latencyMs: performance.now() - startedAt,
      };
    } catch (error) {
      return { fault: error instanceof Error ? `${error.name}: ${causeOf(error)}` : String(error) };
    }
  }

  /**
   * Repeats the very same call while there is no answer, or one that asks to come again.
   * @throws Refused for any other answer but 2xx
   */
  async untilAcknowledged(call: Call, withinMs = 60_000): Promise<Acknowledged> {
    const until = performance.now() + withinMs;
    for (let attempts = 1; ; attempts++) {
      const reply = await this.attempt(call);
      if ('status' in reply) {
        if (reply.status >= 200 && reply.status < 300) return { reply, attempts };
        if (reply.status !== 503 && reply.status !== 429)
          throw new Refused(
            `${call.method} ${call.path}: ${reply.status} ${JSON.stringify(reply.body)} for ${JSON.stringify(call.body)}`,
          );
      }
      if (performance.now() > until)
        throw new Refused(
          `${call.method} ${call.path} was not acknowledged within ${withinMs} ms: ${JSON.stringify(reply)}`,
        );
      await sleep(PAUSE_MS);
    }
  }

  /** All items of a list, over all its pages. */
  async listAll<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let next: string | null = path; next !== null;) {
      const { reply } = await this.untilAcknowledged({ method: 'GET', path: next });
      items.push(...(reply.body as T[]));
      const link: string | undefined = /<([^>]+)>;\s*rel="next"/.exec(reply.link ?? '')?.[1];
      next = link === undefined ? null : pathOf(link);
    }
    return items;
  }
}

function pathOf(link: string): string {
  const { pathname, search } = new URL(link, 'http://vesper');
  return pathname.replace('/api/v1', '') + search;
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
