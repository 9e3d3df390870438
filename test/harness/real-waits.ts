import { subscribe, unsubscribe } from 'node:diagnostics_channel';

const SENT = 'undici:request:create';
const ANSWERED = ['undici:request:trailers', 'undici:request:error'];

/** As undici tells of it, which carries the calls to DynamoDB and is what `fetch` runs on. */
interface Told {
  readonly request: { readonly origin?: string | URL };
}
type Heard = (message: unknown) => void;

/** What this process has asked for and not yet been given, and which no fake clock hastens. */
export class RealWaits {
  private readonly fromStorage = new Set<object>();
  private readonly fromVendors = new Set<object>();
  private readonly storageHost = hostOf(process.env['DYNAMODB_ENDPOINT']);
  private readonly heard: readonly (readonly [string, Heard])[] = [
    [SENT, (message) => this.sent((message as Told).request)],
    ...ANSWERED.map((name): [string, Heard] => [name, (message) => this.answered((message as Told).request)]),
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
    return this.fromVendors.size > 0;
  }

  /** The channels are the process's, and outlive the test. */
  stopListening(): void {
    for (const [channel, hear] of this.heard) unsubscribe(channel, hear);
  }

  private sent(request: Told['request']): void {
    const isForStorage = this.storageHost !== null && hostOf(request.origin) === this.storageHost;
    (isForStorage ? this.fromStorage : this.fromVendors).add(request);
  }

  private answered(request: object): void {
    this.fromStorage.delete(request);
    this.fromVendors.delete(request);
  }
}

function hostOf(endpoint: string | URL | undefined): string | null {
  return endpoint === undefined ? null : new URL(endpoint).host;
}
