import { QueueUnavailable } from '../../platform/queue/queue.errors';

/** What SQS says to a malformed request; anything else it refuses is a matter of the installation and may pass. */
const OUR_FAULT: ReadonlySet<string> = new Set([
  'InvalidMessageContents',
  'BatchRequestTooLong',
  'TooManyEntriesInBatchRequest',
  'EmptyBatchRequest',
  'BatchEntryIdsNotDistinct',
  'InvalidBatchEntryId',
  'InvalidParameterValue',
  'MissingParameter',
  'SerializationException',
]);
const THROTTLED: ReadonlySet<string> = new Set([
  'RequestThrottled',
  'ThrottlingException',
  'Throttling',
  'KmsThrottled',
  'OverLimit',
]);
/** Of Node's sockets, and of requests that were given up. */
const NETWORK: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'no answer in time',
  'TimeoutError',
]);

/** What the SDK lacks to sign a request. */
const NEVER_ASKED: ReadonlySet<string> = new Set(['CredentialsProviderError', 'TokenProviderError']);

/** A request that SQS calls wrong: a defect of Vesper, which no repetition mends. */
export class QueueRequestRefused extends Error {
  constructor(reason: string, cause?: unknown) {
    super(`SQS refused a request as malformed (${reason})`, { cause });
    this.name = 'QueueRequestRefused';
  }
}

/** What the SDK threw, or what SQS said of one entry, as the house's error. */
export function toQueueError(error: unknown): QueueUnavailable | QueueRequestRefused {
  if (error instanceof QueueUnavailable || error instanceof QueueRequestRefused) return error;
  return queueErrorOf(reasonOf(error), error);
}

/** @param code e.g. of an entry of a batch that was not taken */
export function queueErrorOf(code: string, cause?: unknown): QueueUnavailable | QueueRequestRefused {
  return OUR_FAULT.has(code) ? new QueueRequestRefused(code, cause) : new QueueUnavailable(code, cause);
}

/** Whether SQS was not reached or is not well, so that nothing is known of the queue itself. */
export function isOutage(error: unknown): boolean {
  const reason = reasonOf(error);
  if (NETWORK.has(reason) || THROTTLED.has(reason)) return true;
  if (NEVER_ASKED.has(reason)) return false;
  const { $metadata: call } = error as { $metadata?: { attempts?: number; httpStatusCode?: number } };
  // Asked and not answered, whatever the network called it; or answered that it is not well.
  return call?.attempts !== undefined && (call.httpStatusCode ?? 500) >= 500;
}

/** The name of the fault, for people: of the network's, its code. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error.name === 'AbortError') return 'no answer in time';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && NETWORK.has(code) ? code : error.name;
}
