import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { findMismatches, type Schema, type Schemas } from './json-schema';
import { KEYS, type Vesper } from './vesper';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** A JSON object of the API, whose shape {@link Api} has checked already. */
export type Json = Readonly<Record<string, unknown>>;

interface Content {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, { readonly value?: unknown }>>;
}

export interface DocumentedResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description?: string; readonly schema: Schema }>>;
  readonly content?: Readonly<Record<string, Content>>;
}

export interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

export interface ApiDocument {
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Schemas; readonly securitySchemes: Json };
}

export interface CallOptions {
  /** `null`: none. Default the service's. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const ERROR_SCHEMA: Schema = { $ref: '#/components/schemas/ErrorBody' };
const BOARD_ERROR_SCHEMA: Schema = { $ref: '#/components/schemas/BoardErrorBody' };
const STACK_TRACE = /\bat .+:\d+:\d+|node_modules|\.[jt]s\b/;

/** A client of one Vesper that holds every answer against the OpenAPI document this Vesper publishes. */
export class Api {
  private static document: ApiDocument | null = null;

  private constructor(
    readonly vesper: Vesper,
    readonly document: ApiDocument,
  ) {}

  /** Reads the document once for all: it says the same of every Vesper. */
  static async of(vesper: Vesper): Promise<Api> {
    Api.document ??= (await vesper.inject({ url: '/api/docs-json' })).json<ApiDocument>();
    return new Api(vesper, Api.document);
  }

  /**
   * A request below /api/v1. An object is sent as JSON; a string or Buffer as it is, called JSON.
   * @throws Error when the answer is a 5xx that is not documented, or not what the document or spec 10, "Errors", says
   */
  async call(
    method: Method,
    path: string,
    body?: object | string | Buffer,
    { key = KEYS.service, headers = {} }: CallOptions = {},
  ): Promise<LightMyRequestResponse> {
    const request: InjectOptions = {
      method,
      url: `/api/v1${path}`,
      headers: {
        ...(key !== null && { 'x-api-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : toPayload(body) }),
    };
    const response = await this.vesper.inject(request);
    const faults = this.findFaults(method, `/api/v1${path}`, response);
    if (faults.length > 0)
      throw new Error(
        `${method} ${path.slice(0, 200)} → ${response.statusCode} ${response.body.slice(0, 500)}\n${faults.join('\n')}`,
      );
    return response;
  }

  /** The operations of the document, with their method and path. */
  operations(): { method: Method; path: string; operation: Operation }[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase() as Method,
        path,
        operation,
      })),
    );
  }

  private findFaults(method: Method, url: string, response: LightMyRequestResponse): string[] {
    const documented = this.documentedAnswer(method, url, response.statusCode);
    if (documented === 'no such operation') return this.findErrorFaults(method, url, response);
    if (documented === undefined) return [`${response.statusCode} is not documented`];
    const content = Object.entries(documented.content ?? {})[0];
    if (content === undefined || method === 'HEAD')
      return response.body === '' ? [] : ['a body nobody expects'];
    const [type, { schema }] = content;
    const sent = String(response.headers['content-type']);
    if (sent.split(';')[0] !== type.split(';')[0]) return [`content-type ${sent} instead of ${type}`];
    if (schema.$ref === ERROR_SCHEMA.$ref) return this.findErrorFaults(method, url, response);
    if (schema.$ref === BOARD_ERROR_SCHEMA.$ref)
      return isWithoutName(url) && response.statusCode === 404
        ? this.findErrorFaults(method, url, response)
        : this.findBoardErrorFaults(response);
    const value: unknown = type === 'application/json' ? response.json() : response.body;
    return findMismatches(value, schema, this.document.components.schemas);
  }

  /** Spec 10, "Errors": one shape, whoever finds the fault; the board's routes have one of their own. */
  private findErrorFaults(method: Method, url: string, response: LightMyRequestResponse): string[] {
    if (method === 'HEAD') return [];
    const body = response.json<Json>();
    const { statusCode, headers } = response;
    const expected: Json = {
      statusCode,
      timestamp: this.vesper.foundations.clock.now().toISOString(),
      path: url.split(/[?#]/)[0],
      method,
      correlation_id: headers['x-correlation-id'],
    };
    const wrong = Object.keys(expected).filter((name) => body[name] !== expected[name]);
    return [
      ...findMismatches(body, ERROR_SCHEMA, this.document.components.schemas),
      ...wrong.map((name) => `${name} should be ${String(expected[name])}`),
      ...findFaultsOfAnyError(response, body['message']),
    ];
  }

  /** Spec 20, "API". */
  private findBoardErrorFaults(response: LightMyRequestResponse): string[] {
    const body = response.json<{ error?: { message?: unknown } }>();
    return [
      ...findMismatches(body, BOARD_ERROR_SCHEMA, this.document.components.schemas),
      ...findFaultsOfAnyError(response, body.error?.message),
      ...(response.headers['x-correlation-id'] === undefined ? ['it does not name the request'] : []),
    ];
  }

  private documentedAnswer(method: Method, url: string, status: number) {
    const segments = (url.split(/[?#]/)[0] ?? '').split('/');
    const name = method === 'HEAD' ? 'get' : method.toLowerCase();
    const fitting = Object.entries(this.document.paths).filter(
      ([template, methods]) => methods[name] !== undefined && fits(segments, template.split('/')),
    );
    // A path without parameters is meant before one with them.
    const [, methods] = fitting.sort(([a], [b]) => a.split('{').length - b.split('{').length)[0] ?? [];
    const operation = methods?.[name];
    if (operation === undefined) return 'no such operation';
    return operation.responses[String(status)];
  }
}

function findFaultsOfAnyError(
  { statusCode, headers, body }: LightMyRequestResponse,
  message: unknown,
): string[] {
  const said = Array.isArray(message) ? message : [message];
  const isRetryable = statusCode === 429 || statusCode === 503 || body.includes('"STATE_ERROR"');
  return [
    ...(said.length === 0 || said.includes('') ? ['it does not say what is wrong'] : []),
    ...(headers['content-type'] === 'application/json; charset=utf-8' ? [] : ['it is not sent as JSON']),
    ...(isRetryable && headers['retry-after'] === undefined ? ['it does not say when to come back'] : []),
    ...(STACK_TRACE.test(String(message)) && statusCode >= 500 ? ['it shows the inside'] : []),
  ];
}

/** An empty name in a path is found out behind the gate, and is no route then. */
function isWithoutName(url: string): boolean {
  return /\/(?:\/|[?#]|$)/.test(url);
}

function fits(segments: readonly string[], template: readonly string[]): boolean {
  return (
    segments.length === template.length &&
    template.every((part, index) => part.startsWith('{') || part === segments[index])
  );
}

function toPayload(body: object): string | Buffer {
  return Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

/** The URL, below /api/v1, of the next page; `null` on the last. @throws Error when the header is not as RFC 8288 says */
export function nextPage(response: LightMyRequestResponse): string | null {
  const { link } = response.headers;
  if (link === undefined) return null;
  const match = /^<(?:http:\/\/[^/]+)?\/api\/v1([^>]+)>; rel="next"$/.exec(String(link));
  if (match?.[1] === undefined) throw new Error(`not a link to a next page: ${String(link)}`);
  return match[1];
}

/** The example of a parameter; of an optional one it is not the first, which Swagger UI would fill in. */
export function exampleOf({ schema, examples }: Parameter): unknown {
  return schema.example ?? examples?.['example']?.value;
}

/** Follows `Link` headers to the end. @returns the items of each page */
export async function followPages(api: Api, path: string, mostPages = 100): Promise<Json[][]> {
  const pages: Json[][] = [];
  for (let next: string | null = path; next !== null;) {
    if (pages.length >= mostPages) throw new Error(`more than ${mostPages} pages of ${path}`);
    const response = await api.call('GET', next);
    if (response.statusCode !== 200) throw new Error(`${next}: ${response.body}`);
    pages.push(response.json<Json[]>());
    next = nextPage(response);
  }
  return pages;
}

/** The smallest good body of a registration. */
export function registration(id: string, more: object = {}): Json {
  return { scheduler_id: id, service_name: 'Ledger', job_name: 'Close', ...more };
}

/** The smallest good body of a status update. */
export function statusUpdate(id: string, status: string, timestamp: string, more: object = {}): Json {
  const why = status === 'failed' ? { error_message: 'disk full' } : {};
  return { scheduler_id: id, service_name: 'Ledger', job_name: 'Close', status, timestamp, ...why, ...more };
}
