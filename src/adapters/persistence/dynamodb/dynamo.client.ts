import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

export interface Endpoint {
  /** `undefined`: AWS itself. */
  readonly endpoint?: string;
  /** `undefined`: as the SDK finds it in environment and profile. */
  readonly region?: string;
}

const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 3_000;
/** Waiting for a free socket counts as connecting, so there must be enough for a burst. */
const MOST_SOCKETS = 256;

/**
 * Retries faults of network and service with jitter, and under throttling sends no faster than DynamoDB takes (adaptive mode).
 * Credentials and, if not given, the region come from the SDK's usual chain.
 */
export function createClient({ endpoint, region }: Endpoint): DynamoDBClient {
  return new DynamoDBClient({
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    retryMode: 'adaptive',
    maxAttempts: 4,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: MOST_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MOST_SOCKETS },
    },
  });
}

/** For the health check: one quick try, beside everything else. */
export function createProbeClient({ endpoint, region }: Endpoint): DynamoDBClient {
  return new DynamoDBClient({
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true },
  });
}
