import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { deadlineOf } from './call-deadline';
import { UndiciHandler } from './undici.handler';

export interface Endpoint {
  /** `undefined`: AWS itself. */
  readonly endpoint?: string;
  /** `undefined`: as the SDK finds it in environment and profile. */
  readonly region?: string;
}

/** How long things may take. */
export interface CallLimits {
  readonly connectMs: number;
  /** Until the answer is there. */
  readonly answerMs: number;
  readonly attempts: number;
}

const LIMITS: CallLimits = { connectMs: 1_000, answerMs: 3_000, attempts: 4 };
/** For the health check: one quick try, beside everything else. */
const PROBE_LIMITS: CallLimits = { connectMs: 500, answerMs: 1_000, attempts: 1 };

/** Waiting for a free socket counts as waiting for the answer, so there must be enough for a burst. */
const MOST_SOCKETS = 256;

/**
 * Retries faults of network and service with jitter, and under throttling sends no faster than DynamoDB takes (adaptive mode).
 * Credentials and, if not given, the region come from the SDK's usual chain.
 */
export function createClient({ endpoint, region }: Endpoint, limits = LIMITS): DynamoDBClient {
  const client = new DynamoDBClient({
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    retryMode: 'adaptive',
    maxAttempts: limits.attempts,
    // One chain of middleware for each kind of command instead of one for each call.
    cacheMiddleware: true,
    requestHandler: new UndiciHandler({ ...limits, sockets: MOST_SOCKETS }),
  });
  // It copies every request and answer, without what is secret, for a logger that is not there.
  client.middlewareStack.remove('loggerMiddleware');
  keepSigner(client);
  bindAttemptsToDeadline(client);
  return client;
}

export function createProbeClient(endpoint: Endpoint): DynamoDBClient {
  return createClient(endpoint, PROBE_LIMITS);
}

/** The SDK makes a signer for each request. One does: it asks for the credentials itself, each time it signs. */
function keepSigner({ config }: DynamoDBClient): void {
  const make = config.signer;
  let signer: ReturnType<typeof make> | null = null;
  config.signer = (scheme) => {
    signer ??= make(scheme).catch((error: unknown) => {
      signer = null;
      throw error;
    });
    return signer;
  };
}

/** The last step before the wire: of a call whose deadline is over nothing is sent any more. */
function bindAttemptsToDeadline(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const abortSignal = deadlineOf(args.input);
      if (abortSignal === undefined) return next(args);
      const request = args.request as Parameters<typeof client.config.requestHandler.handle>[0];
      return client.config.requestHandler.handle(request, { abortSignal });
    },
    { step: 'deserialize', priority: 'low', name: 'deadlineMiddleware' },
  );
}
