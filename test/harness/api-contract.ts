import { findMismatches, type Schema, type Schemas } from './json-schema';

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

/** As much of an answer as its contract speaks of. */
export interface ApiAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const ERROR_SCHEMA: Schema = { $ref: '#/components/schemas/ErrorBody' };
const BOARD_ERROR_SCHEMA: Schema = { $ref: '#/components/schemas/BoardErrorBody' };
const STACK_TRACE = /\bat .+:\d+:\d+|node_modules|\.[jt]s\b/;

/** What the OpenAPI document and spec 10, "Errors", say of answers. */
export class ApiContract {
  constructor(readonly document: ApiDocument) {}

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

  /** @param at when it was answered, by the clock of the one who answered. @returns what is wrong with it */
  findFaults(method: Method, url: string, response: ApiAnswer, at: Date): string[] {
    const documented = this.documentedAnswer(method, url, response.statusCode);
    if (documented === 'no such operation') return this.findErrorFaults(method, url, response, at);
    if (documented === undefined) return [`${response.statusCode} is not documented`];
    const content = Object.entries(documented.content ?? {})[0];
    if (content === undefined || method === 'HEAD')
      return response.body === '' ? [] : ['a body nobody expects'];
    const [type, { schema }] = content;
    const sent = String(response.headers['content-type']);
    if (sent.split(';')[0] !== type.split(';')[0]) return [`content-type ${sent} instead of ${type}`];
    if (schema.$ref === ERROR_SCHEMA.$ref) return this.findErrorFaults(method, url, response, at);
    if (schema.$ref === BOARD_ERROR_SCHEMA.$ref)
      return isWithoutName(url) && response.statusCode === 404
        ? this.findErrorFaults(method, url, response, at)
        : this.findBoardErrorFaults(response);
    const value: unknown = type === 'application/json' ? JSON.parse(response.body) : response.body;
    return findMismatches(value, schema, this.document.components.schemas);
  }

  /** Spec 10, "Errors": one shape, whoever finds the fault; the board's routes have one of their own. */
  private findErrorFaults(method: Method, url: string, response: ApiAnswer, at: Date): string[] {
    if (method === 'HEAD') return [];
    const body = JSON.parse(response.body) as Json;
    const { statusCode, headers } = response;
    const expected: Json = {
      statusCode,
      timestamp: at.toISOString(),
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
  private findBoardErrorFaults(response: ApiAnswer): string[] {
    const body = JSON.parse(response.body) as { error?: { message?: unknown } };
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

function findFaultsOfAnyError({ statusCode, headers, body }: ApiAnswer, message: unknown): string[] {
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

/** The example of a parameter; of an optional one it is not the first, which Swagger UI would fill in. */
export function exampleOf({ schema, examples }: Parameter): unknown {
  return schema.example ?? examples?.['example']?.value;
}
