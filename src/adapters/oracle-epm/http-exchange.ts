import type { Clock } from '../../domain/shared/clock';
import { AbortScope } from '../../platform/workers/abort-scope';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams;
  /** For the whole of it, the last byte of the body included. */
  readonly timeoutMs: number;
}

/** What came of a request; never what was sent with it. */
export type HttpReply =
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown }
  /** An HTTP answer that is no JSON; `what` says what it is. */
  | { readonly kind: 'other'; readonly status: number; readonly what: string }
  | { readonly kind: 'none'; readonly why: 'timeout' | 'aborted' | 'network'; readonly error: string };

/** An answer about a job has a few hundred bytes, or a stack trace. */
const LARGEST_BODY_BYTES = 256 * 1024;
/** An error's message may quote the address or a header; its code does not. */
const LOOKS_LIKE_CODE = /^[A-Z][A-Z0-9_]{1,60}$/;
const MOST_CAUSES = 5;

/**
 * One request and its answer as a value. Redirects are not followed: the way to a sign-in page would take the credentials
 * along (contracts of Oracle EPM, "HTTP behaviour").
 */
export async function exchange(request: HttpRequest, clock: Clock, signal: AbortSignal): Promise<HttpReply> {
  const { timeoutMs, url, ...init } = request;
  const scope = new AbortScope(signal);
  const ended = new AbortController();
  let isLate = false;
  void clock.sleep(timeoutMs, ended.signal).then(() => {
    if (ended.signal.aborted) return;
    isLate = true;
    scope.abort(new Error('no answer in time'));
  });
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: scope.signal });
    return await read(response);
  } catch (error) {
    if (isLate) return { kind: 'none', why: 'timeout', error: `no answer within ${timeoutMs / 1_000} s` };
    if (signal.aborted)
      return { kind: 'none', why: 'aborted', error: 'given up while waiting for the answer' };
    return { kind: 'none', why: 'network', error: `no connection, or it was lost (${codeOf(error)})` };
  } finally {
    ended.abort();
    scope.close();
  }
}

async function read(response: Response): Promise<HttpReply> {
  const { status } = response;
  if (!isJson(response)) {
    await response.body?.cancel();
    return { kind: 'other', status, what: whatItIs(response) };
  }
  const text = await readText(response);
  if (text === null) return { kind: 'other', status, what: `more than ${LARGEST_BODY_BYTES / 1_024} KiB` };
  try {
    return { kind: 'json', status, body: JSON.parse(text) };
  } catch {
    return { kind: 'other', status, what: 'broken JSON' };
  }
}

function isJson({ headers }: Response): boolean {
  return /^application\/json\s*(?:;|$)/i.test(headers.get('content-type') ?? '');
}

/** @returns `null` when there is too much of it; the rest is not taken then */
async function readText(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function whatItIs({ status, headers }: Response): string {
  if (status >= 300 && status < 400) return `a redirect${hostOf(headers.get('location'))}`;
  if (status === 204) return 'no body';
  const type = /^[\w.+-]{1,40}\/[\w.+-]{1,60}/.exec(headers.get('content-type') ?? '')?.[0];
  return type === 'text/html' ? 'a web page' : (type ?? 'something without a content type');
}

/** Its path and query may carry what is nobody's business. */
function hostOf(location: string | null): string {
  return location !== null && URL.canParse(location) ? ` to ${new URL(location).host}` : '';
}

function codeOf(error: unknown): string {
  let current: unknown = error;
  for (let depth = 0; depth < MOST_CAUSES && typeof current === 'object' && current !== null; depth++) {
    const { code, cause } = current as { readonly code?: unknown; readonly cause?: unknown };
    if (typeof code === 'string' && LOOKS_LIKE_CODE.test(code)) return code;
    current = cause;
  }
  return 'no reason given';
}
