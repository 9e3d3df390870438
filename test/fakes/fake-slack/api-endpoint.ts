import { IncomingHttpHeaders } from 'node:http';
import { Arguments, RawArguments } from './arguments';
import { CallLog, FakeCall } from './call-log';
import { FakeFault, FaultPlan, FaultTarget } from './faults';
import { missingScope, MethodContext, SlackMethod } from './methods/method';
import { METHODS } from './methods/methods';
import { RateLimits } from './rate-limits';
import { Refusal } from './refusal';
import { ParsedBody, parseBody } from './request-body';

/** What goes out over HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly ok: boolean;
  readonly error: string | null;
}

/** One call as the HTTP server has to treat it: answered late perhaps, or not at all. */
export interface Handling {
  readonly call: FakeCall;
  readonly delayMs: number;
  /** Called after the delay; `drop` = destroy the socket, `hang` = leave it open without a word. */
  readonly work: () => Answer | 'drop' | 'hang';
}

export interface ApiEndpointOptions {
  readonly token: string;
  readonly now: () => number;
  readonly enforceRateLimits: boolean;
  readonly context: MethodContext;
}

/** `POST /api/<method>`: faults first, then auth, limits, scopes and the method, in Slack's order. */
export class ApiEndpoint {
  readonly faults = new FaultPlan();
  readonly calls = new CallLog();
  readonly limits: RateLimits;

  constructor(private readonly options: ApiEndpointOptions) {
    this.limits = new RateLimits(options.now);
  }

  receive(name: string, headers: IncomingHttpHeaders, body: Buffer): Handling {
    const parsed = attempt(() => parseBody(headers['content-type'], body));
    const args = parsed instanceof Refusal ? {} : parsed.args;
    const call = this.calls.record(name, args, this.options.now());
    const fault = this.faults.take(name, targetOf(args));
    const normally = (): Answer => this.answer(name, headers, parsed);
    return {
      call,
      delayMs: fault?.kind === 'slow' ? fault.delayMs : 0,
      work: () => (fault ? this.suffer(fault, normally) : normally()),
    };
  }

  /** Whether this `Authorization` opens what lies behind the scope. */
  isAuthorized(authorization: string | undefined, scope: string): boolean {
    return bearerOf(authorization) === this.options.token && this.options.context.scopes.has(scope);
  }

  private suffer(fault: FakeFault, normally: () => Answer): Answer | 'drop' | 'hang' {
    switch (fault.kind) {
      case 'slow':
        return normally();
      case 'refuse':
        return 'drop';
      case 'hang':
        return 'hang';
      case 'rate_limited':
        return throttled(fault.retryAfterSeconds);
      case 'rate_limited_without_retry_after':
        return throttled(null);
      case 'garbage':
        return toGarbage();
      case 'http_error':
        return {
          status: fault.status,
          headers: PLAIN,
          body: 'upstream error',
          ok: false,
          error: 'http_error',
        };
      case 'platform_error':
        return this.toJson({ ok: false, error: fault.error });
      case 'store_then_drop':
        normally();
        return 'drop';
      case 'store_then_error':
        normally();
        return this.toJson({ ok: false, error: 'internal_error' });
    }
  }

  private answer(name: string, headers: IncomingHttpHeaders, parsed: ParsedBody | Refusal): Answer {
    const method = METHODS.get(name);
    const result = attempt(() => {
      if (!method) throw new Refusal('unknown_method', { req_method: name });
      if (parsed instanceof Refusal) throw parsed;
      return this.run(method, headers, parsed);
    });
    if (!(result instanceof Refusal)) return this.toJson({ ok: true, ...result }, method);
    if (result.code === 'ratelimited') return throttled(Number(result.extra['retryAfter']));
    return this.toJson({ ok: false, error: result.code, ...result.extra }, method);
  }

  private run(
    method: SlackMethod,
    headers: IncomingHttpHeaders,
    parsed: ParsedBody,
  ): Record<string, unknown> {
    if (!method.isPublic) this.authenticate(headers, parsed);
    const channel = parsed.args['channel'];
    this.admit(method, typeof channel === 'string' ? channel : '');
    const { context } = this.options;
    const [needed] = method.scopes;
    if (needed !== undefined && !method.scopes.some((scope) => context.scopes.has(scope))) {
      throw missingScope(needed, context.scopes);
    }
    return method.run(new Arguments(parsed.args, method.arguments), context);
  }

  /** The header, or a form's `token` field; Slack does not read a token out of JSON. */
  private authenticate(headers: IncomingHttpHeaders, parsed: ParsedBody): void {
    const token = bearerOf(headers.authorization) ?? (parsed.isJson ? undefined : parsed.args['token']);
    if (!token) throw new Refusal('not_authed');
    if (token !== this.options.token) throw new Refusal('invalid_auth');
  }

  private admit(method: SlackMethod, channel: string): void {
    if (!this.options.enforceRateLimits) return;
    const retryAfter = this.limits.admit(method.name, method.tier, channel);
    if (retryAfter !== null) throw new Refusal('ratelimited', { retryAfter });
  }

  private toJson(body: { ok: boolean; error?: string }, method?: SlackMethod): Answer {
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'x-oauth-scopes': [...this.options.context.scopes].join(','),
      'x-accepted-oauth-scopes': (method?.scopes ?? []).join(','),
    };
    return { status: 200, headers, body: JSON.stringify(body), ok: body.ok, error: body.error ?? null };
  }
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
}

/** Methods differ in how they call the same thing. */
function targetOf(args: RawArguments): FaultTarget {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    channel: text(args['channel'] ?? args['channel_id']),
    canvas: text(args['canvas_id'] ?? args['file']),
  };
}

const PLAIN = { 'content-type': 'text/plain; charset=utf-8' };

function throttled(retryAfterSeconds: number | null): Answer {
  return {
    status: 429,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    body: JSON.stringify({ ok: false, error: 'ratelimited' }),
    ok: false,
    error: 'ratelimited',
  };
}

function toGarbage(): Answer {
  const body = '<!doctype html><html><body><h1>Sign in to your workspace</h1></body></html>';
  return { status: 200, headers: { 'content-type': 'text/html' }, body, ok: false, error: 'garbage' };
}

function attempt<T>(work: () => T): T | Refusal {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
