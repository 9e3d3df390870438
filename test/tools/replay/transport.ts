import type { WireCall } from './wire';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** From the first byte sent to the last one read. */
  readonly latencyMs: number;
}

/** No answer: refused, reset, timed out. Whether the call was carried out is unknown. */
export interface NoReply {
  readonly fault: string;
}

/** One attempt at one call. */
export type Transport = (call: WireCall) => Promise<Reply | NoReply>;

/** The Vesper to call. */
export interface Target {
  readonly url: string;
  readonly key: string | null;
  /** For one answer, to its last byte. */
  readonly timeoutMs: number;
}

/** Sends by fetch, follows no redirect, and gives up waiting after a time. */
export function fetchTransport(target: Target): Transport {
  const auth = target.key === null ? {} : { 'x-api-key': target.key };
  return async (call) => {
    const startedAt = performance.now();
    try {
      const response = await fetch(new URL(call.path, target.url), {
        method: call.method,
        headers: { ...auth, ...(call.body === null ? {} : { 'content-type': 'application/json' }) },
        body: call.body === null ? null : JSON.stringify(call.body),
        redirect: 'manual',
        signal: AbortSignal.timeout(target.timeoutMs),
      });
      const body = await response.text();
      const latencyMs = performance.now() - startedAt;
      return { status: response.status, headers: response.headers, body, latencyMs };
    } catch (error) {
      return { fault: describeFault(error) };
    }
  };
}

/** fetch hides the reason ("ECONNREFUSED") in the cause of a "fetch failed". */
function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (typeof code === 'string') return code;
  return cause instanceof Error ? cause.message : error.message;
}
