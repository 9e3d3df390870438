/** What goes wrong with a request to a pod or to the identity domain. */
export type EpmFaultKind =
  /** The socket is destroyed before anything is done. (A refused connection: `FakeEpm.takeDown`.) */
  | { kind: 'reset' }
  /** Never answered; the caller's timeout has to end it. Nothing is done. */
  | { kind: 'hang' }
  /** Answered normally, `delayMs` (real time) late. */
  | { kind: 'slow'; delayMs: number }
  /** Answered normally once the test says so (`FakeEpm.release`); until then the request is under way. */
  | { kind: 'held' }
  /** The headers and half of the body arrive, the rest never: a timeout that ends with the headers waits for ever. */
  | { kind: 'stall' }
  /** The work is done (a refresh token is consumed), then the connection is lost before a byte is answered. */
  | { kind: 'answer_lost' }
  /** The connection is lost in the middle of the body. */
  | { kind: 'cut' }
  /** A complete HTTP answer with half of the JSON. */
  | { kind: 'truncated' }
  /** 503 and a web page; no `Retry-After`, EPM sends none. */
  | { kind: 'unavailable' }
  /** 500 and the message of a Java exception as JSON. */
  | { kind: 'java_error' }
  /** 200 and the web page of the daily maintenance. */
  | { kind: 'maintenance_page' }
  /** 200 and the sign-in page. */
  | { kind: 'login_page' }
  /** 302 to the sign-in page of the identity domain, on another host; a call recorded there followed it. */
  | { kind: 'login_redirect' }
  /** 200, `application/json`, and a body that is a web page all the same. */
  | { kind: 'garbage' }
  /** Answered normally with 204 and no body in place of 200. */
  | { kind: 'no_content' }
  /** Answered normally with 206 in place of 200. */
  | { kind: 'partial_content' }
  /** 200 and well-formed JSON of so many bytes which says that the job succeeded. */
  | { kind: 'huge'; bytes: number }
  /** Anything else. */
  | { kind: 'answer'; status: number; body: string; contentType?: string };

export type EpmFault = EpmFaultKind & {
  /** Only requests whose path (with query) contains this or matches it; default all. */
  path?: string | RegExp;
  /** How many requests it hits, default 1; `Infinity` = until cleared. */
  times?: number;
};

/** The faults still to come; each request meets at most one, the oldest that fits. */
export class FaultPlan {
  private pending: { fault: EpmFault; left: number }[] = [];

  add(fault: EpmFault): void {
    this.pending.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.pending = [];
  }

  list(): { kind: EpmFault['kind']; left: number }[] {
    return this.pending.map(({ fault, left }) => ({ kind: fault.kind, left }));
  }

  /** The fault this request meets, counted as used. */
  take(path: string): EpmFault | null {
    const entry = this.pending.find(({ fault }) => fits(fault, path));
    if (!entry) return null;
    entry.left -= 1;
    if (entry.left <= 0) this.pending = this.pending.filter((other) => other !== entry);
    return entry.fault;
  }
}

function fits(fault: EpmFault, path: string): boolean {
  if (fault.path === undefined) return true;
  return typeof fault.path === 'string' ? path.includes(fault.path) : fault.path.test(path);
}
