import type { EpmFault } from './faults';

export type AuthorizationKind = 'none' | 'basic' | 'bearer' | 'other';

/** One request as it was received. Passwords and tokens are not kept. */
export interface EpmCall {
  /** A pod's name, or `identity`. */
  readonly host: string;
  readonly verb: string;
  /** As sent, encoded, with its query. */
  readonly path: string;
  /** Epoch ms by the fake's clock. */
  readonly at: number;
  readonly authorization: AuthorizationKind;
  /** The user (or `client:<id>`) the fake took the caller for; `null` when it was refused or never asked. */
  principal: string | null;
  /** The grant type of a token request. */
  grant: string | null;
  readonly outcome: {
    /** HTTP status; `null` while unanswered, and for good when no head was sent. */
    status: number | null;
    fault: EpmFault['kind'] | null;
    /** Bytes of body handed to the connection. */
    bytes: number;
  };
}

/** Long drills must not grow without end; the oldest calls are forgotten first. */
const KEPT_CALLS = 50_000;

export class CallLog {
  private calls: EpmCall[] = [];

  constructor(private readonly now: () => number) {}

  record(host: string, verb: string, path: string, authorization: string | undefined): EpmCall {
    const call: EpmCall = {
      host,
      verb,
      path,
      at: this.now(),
      authorization: kindOf(authorization),
      principal: null,
      grant: null,
      outcome: { status: null, fault: null, bytes: 0 },
    };
    this.calls.push(call);
    if (this.calls.length > KEPT_CALLS) this.calls = this.calls.slice(-KEPT_CALLS / 2);
    return call;
  }

  list(host?: string): EpmCall[] {
    return this.calls.filter((call) => host === undefined || call.host === host);
  }

  clear(): void {
    this.calls = [];
  }
}

function kindOf(header: string | undefined): AuthorizationKind {
  if (header === undefined) return 'none';
  const scheme = header.split(' ')[0]?.toLowerCase();
  return scheme === 'basic' || scheme === 'bearer' ? scheme : 'other';
}
