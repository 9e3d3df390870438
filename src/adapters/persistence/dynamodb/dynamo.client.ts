import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

export interface Endpoint {
  /** `undefined`: AWS itself. */
  readonly endpoint?: string;
  /** `undefined`: as the SDK finds it in environment and profile. */
  readonly region?: string;
}

/** How long things may take. */
export interface CallLimits {
  readonly connectMs: number;
  /** Until the answer begins. */
  readonly answerMs: number;
  readonly attempts: number;
}

const LIMITS: CallLimits = { connectMs: 1_000, answerMs: 3_000, attempts: 4 };
/** For the health check: one quick try, beside everything else. */
const PROBE_LIMITS: CallLimits = { connectMs: 500, answerMs: 1_000, attempts: 1 };

/** Waiting for a free socket counts as connecting, so there must be enough for a burst. */
const MOST_SOCKETS = 256;

/**
 * Retries faults of network and service with jitter, and under throttling sends no faster than DynamoDB takes (adaptive mode).
 * Credentials and, if not given, the region come from the SDK's usual chain.
 */
export function createClient({ endpoint, region }: Endpoint, limits = LIMITS): DynamoDBClient {
  return new DynamoDBClient({
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    retryMode: 'adaptive',
    maxAttempts: limits.attempts,
    requestHandler: {
      connectionTimeout: limits.connectMs,
      requestTimeout: limits.answerMs,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: MOST_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MOST_SOCKETS },
    },
  });
}

export function createProbeClient(endpoint: Endpoint): DynamoDBClient {
  return createClient(endpoint, PROBE_LIMITS);
}
