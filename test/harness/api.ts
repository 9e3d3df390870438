import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { ApiContract, type ApiDocument, type Json, type Method } from './api-contract';
import { KEYS, type Vesper } from './vesper';

export { exampleOf } from './api-contract';
export type { ApiDocument, DocumentedResponse, Json, Method, Operation, Parameter } from './api-contract';

export interface CallOptions {
  /** `null`: none. Default the service's. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of one Vesper that holds every answer against the OpenAPI document this Vesper publishes. */
export class Api {
  private static document: ApiDocument | null = null;

  private constructor(
    readonly vesper: Vesper,
    private readonly contract: ApiContract,
  ) {}

  /** Reads the document once for all: it says the same of every Vesper. */
  static async of(vesper: Vesper): Promise<Api> {
    Api.document ??= (await vesper.inject({ url: '/api/docs-json' })).json<ApiDocument>();
    return new Api(vesper, new ApiContract(Api.document));
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
    const at = this.vesper.foundations.clock.now();
    const faults = this.contract.findFaults(method, `/api/v1${path}`, response, at);
    if (faults.length > 0)
      throw new Error(
        `${method} ${path.slice(0, 200)} → ${response.statusCode} ${response.body.slice(0, 500)}\n${faults.join('\n')}`,
      );
    return response;
  }

  get document(): ApiDocument {
    return this.contract.document;
  }

  /** The operations of the document, with their method and path. */
  operations(): ReturnType<ApiContract['operations']> {
    return this.contract.operations();
  }
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
