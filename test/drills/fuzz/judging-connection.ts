import { Agent, request } from 'node:http';
import { ApiContract, type ApiAnswer, type ApiDocument } from '../../harness/api-contract';
import type { FuzzedRequest } from '../../harness/fuzzed-requests';

/** Between the clock of this process and that of Vesper there is nothing but the way. */
const CLOCKS_DIFFER_MS = 5_000;
/** A canvas may be waited for. */
const ANSWERED_WITHIN_MS = 45_000;

export interface JudgedAnswer extends ApiAnswer {
  /** Where it is not what the OpenAPI document says. */
  readonly faults: readonly string[];
}

/** One connection to a Vesper, on which every answer is held against its OpenAPI document. Calls must not overlap. */
export class JudgingConnection {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly url: string,
    private readonly contract: ApiContract,
  ) {}

  /** @throws Error when there is no answer */
  async call({ method, path, body, key, headers }: FuzzedRequest): Promise<JudgedAnswer> {
    const whole = `/api/v1${path}`;
    const payload = isText(body) ? body : JSON.stringify(body);
    const sent = {
      ...(key !== null && { 'x-api-key': key }),
      ...(payload !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    };
    const answer = await this.exchange(method, whole, sent, payload);
    return { ...answer, faults: this.contract.findFaults(method, whole, answer, timeOf(answer)) };
  }

  close(): void {
    this.agent.destroy();
  }

  private exchange(
    method: string,
    path: string,
    headers: Record<string, string>,
    payload: string | Buffer | undefined,
  ): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const options = { agent: this.agent, method, path, headers, timeout: ANSWERED_WITHIN_MS };
      const call = request(this.url, options, (incoming) => {
        const parts: Buffer[] = [];
        incoming.on('data', (part: Buffer) => parts.push(part));
        incoming.once('error', reject);
        incoming.once('end', () => {
          const body = Buffer.concat(parts).toString();
          resolve({ statusCode: incoming.statusCode ?? 0, headers: incoming.headers, body });
        });
      });
      call.once('error', reject);
      call.once('timeout', () => call.destroy(new Error(`no answer within ${ANSWERED_WITHIN_MS} ms`)));
      call.end(payload);
    });
  }
}

export async function readContract(url: string): Promise<ApiContract> {
  return new ApiContract((await (await fetch(`${url}/api/docs-json`)).json()) as ApiDocument);
}

/** Whether Node's client sends it at all: some of what is hostile it refuses itself, and raw requests carry that instead. */
export function isSendable({ path, headers, key }: FuzzedRequest): boolean {
  return !/[^\x21-\xff]/.test(path) && [...Object.values(headers), key ?? ''].every(isHeader);
}

function isHeader(value: string): boolean {
  return !/[^\t\x20-\x7e\x80-\xff]/.test(value);
}

function isText(body: FuzzedRequest['body']): body is string | Buffer | undefined {
  return body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
}

/** When the answer says that it was given, if that can be true; only the process itself knows its milliseconds. */
function timeOf({ body }: ApiAnswer): Date {
  const at = Date.parse(/"timestamp":"([^"]+)"/.exec(body)?.[1] ?? '');
  return new Date(Math.abs(Date.now() - at) <= CLOCKS_DIFFER_MS ? at : Date.now());
}
