import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

const SENT_BY_HTTP = 'http.client.request.start';
const SENT_BY_FETCH = 'undici:request:create';
const FETCHED = ['undici:request:trailers', 'undici:request:error'];

type Heard = (message: unknown) => void;

/** What this process has asked for and not yet been given, and which no fake clock hastens. */
export class RealWaits {
  private readonly fromStorage = new Set<ClientRequest>();
  private readonly fetches = new Set<object>();
  private readonly storageHost = hostOf(process.env['DYNAMODB_ENDPOINT']);
  private readonly heard: readonly (readonly [string, Heard])[] = [
    [SENT_BY_HTTP, (message) => this.sent((message as { request: ClientRequest }).request)],
    [SENT_BY_FETCH, (message) => void this.fetches.add((message as { request: object }).request)],
    ...FETCHED.map((name): [string, Heard] => [
      name,
      (message) => void this.fetches.delete((message as { request: object }).request),
    ]),
  ];

  constructor() {
    for (const [channel, hear] of this.heard) subscribe(channel, hear);
  }

  /** The disk or the DynamoDB emulator, a process of its own: each answers in the end, however busy the machine is. */
  get onStorage(): boolean {
    return (
      this.fromStorage.size > 0 || process.getActiveResourcesInfo().some((kind) => kind.startsWith('FSReq'))
    );
  }

  /** A fake vendor of this process, which may have been told never to answer. */
  get onVendor(): boolean {
    return this.fetches.size > 0;
  }

  /** The channels are the process's, and outlive the test. */
  stopListening(): void {
    for (const [channel, hear] of this.heard) unsubscribe(channel, hear);
  }

  private sent(request: ClientRequest): void {
    if (this.storageHost === null || request.getHeader('host') !== this.storageHost) return;
    this.fromStorage.add(request);
    request.once('close', () => this.fromStorage.delete(request));
  }
}

function hostOf(endpoint: string | undefined): string | null {
  return endpoint === undefined ? null : new URL(endpoint).host;
}
