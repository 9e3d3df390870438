export interface FakeOutcome {
  /** HTTP status; `null` while unanswered, and for good when the connection was dropped or left hanging. */
  status: number | null;
  ok: boolean;
  /** Slack's error code, or what the fake did instead of answering. */
  error: string | null;
}

/** One request as it was received. Tokens are not kept. */
export interface FakeCall {
  readonly method: string;
  /** Decoded one level deep: JSON strings in form fields are parsed. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Epoch ms by the fake's clock. */
  readonly at: number;
  readonly outcome: FakeOutcome;
}

const JSON_ARGUMENTS = new Set([
  'blocks',
  'attachments',
  'metadata',
  'message',
  'view',
  'document_content',
  'changes',
  'criteria',
  'channel_ids',
  'user_ids',
]);

/** Long drills must not grow without end; the oldest calls are forgotten first. */
const KEPT_CALLS = 50_000;

export class CallLog {
  private calls: FakeCall[] = [];

  record(method: string, raw: Readonly<Record<string, unknown>>, at: number): FakeCall {
    const call: FakeCall = {
      method,
      args: toReadable(raw),
      at,
      outcome: { status: null, ok: false, error: null },
    };
    this.calls.push(call);
    if (this.calls.length > KEPT_CALLS) this.calls = this.calls.slice(-KEPT_CALLS / 2);
    return call;
  }

  list(method?: string): FakeCall[] {
    return this.calls.filter((call) => method === undefined || call.method === method);
  }

  clear(): void {
    this.calls = [];
  }
}

function toReadable(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(raw).filter(([name]) => name !== 'token');
  return Object.fromEntries(entries.map(([name, value]) => [name, parseIfJson(name, value)]));
}

function parseIfJson(name: string, value: unknown): unknown {
  if (typeof value !== 'string' || !JSON_ARGUMENTS.has(name)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
