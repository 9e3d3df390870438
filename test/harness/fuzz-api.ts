import fc from 'fast-check';
import type { Api } from './api';
import { fuzzedRequests, type FuzzedRequest } from './fuzzed-requests';
import { KEYS } from './vesper';

interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
}

/**
 * Sends requests made from the OpenAPI document: its operations with good, nearly good and absurd parameters, bodies and headers.
 * Each answer must be documented for its operation and shaped as documented ({@link Api.call}), and none a fault of the server.
 * The same seed sends the same requests; on a failure fast-check reports the smallest request that still fails.
 */
export async function fuzzApi(api: Api, { requests, seed }: FuzzOptions): Promise<void> {
  const { admin, ...others } = KEYS;
  const requestsTo = fuzzedRequests({
    document: api.document,
    operations: () => api.operations(),
    keys: [admin, ...Object.values(others)],
  });
  const send = async ({ method, path, body, key, headers }: FuzzedRequest) => {
    const { statusCode } = await api.call(method, path, body, { key, headers });
    if (statusCode >= 500) throw new Error(`answered with ${statusCode}`);
  };
  await fc.assert(fc.asyncProperty(requestsTo, send), { seed, numRuns: requests });
}
