/** One call of Vesper's API, in the name of one key. */
export interface ApiCall {
  /** Name of the key. */
  readonly key: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the version, e.g. `/status`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

export type ApiAnswer =
  | { readonly ok: true; readonly body: unknown }
  /** Refused, or not answered at all. */
  | { readonly ok: false; readonly fault: string };

/** Never rejects. */
export type DemoApi = (call: ApiCall) => Promise<ApiAnswer>;

const TIMEOUT_MS = 5_000;

/** @param keys by their names */
export function connectApi(url: string, keys: Readonly<Record<string, string>>): DemoApi {
  return async ({ key, method, path, body }) => {
    try {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          'x-api-key': keys[key] ?? '',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      if (response.ok) return { ok: true, body: text === '' ? null : (JSON.parse(text) as unknown) };
      return { ok: false, fault: `${method} ${path}: ${response.status} ${text.slice(0, 300)}` };
    } catch (error) {
      return { ok: false, fault: `${method} ${path}: ${reasonOf(error)}` };
    }
  };
}

/** fetch hides the reason ("ECONNREFUSED") in the cause of a "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
