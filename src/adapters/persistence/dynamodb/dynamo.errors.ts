import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
  type CancellationReason,
} from '@aws-sdk/client-dynamodb';
import { StorageUnavailable } from '../../../domain/shared/errors';

/** What DynamoDB says to a malformed request; anything else it refuses is a matter of the installation and may pass. */
const OUR_FAULT: readonly string[] = [
  'ValidationException',
  'SerializationException',
  'IdempotentParameterMismatchException',
  'ItemCollectionSizeLimitExceededException',
];
const THROTTLED: readonly string[] = [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
];
/** Codes of a cancelled transaction's reasons that say the same of one of its actions. */
const MALFORMED: readonly string[] = ['ValidationError', 'ItemCollectionSizeLimitExceeded'];
const RETRY_AFTER_THROTTLING_SECONDS = 2;
const RETRY_AFTER_OUTAGE_SECONDS = 5;

/** A request that DynamoDB calls wrong: a defect of Vesper, which no repetition mends. */
export class RequestRefused extends Error {
  constructor(cause: unknown) {
    super('DynamoDB refused a request as malformed', { cause });
    this.name = 'RequestRefused';
  }
}

/** A decided answer, not a fault: a condition did not hold. */
export function isAnswer(error: unknown): boolean {
  if (error instanceof ConditionalCheckFailedException) return true;
  return error instanceof TransactionCanceledException && reasonsOf(error).some(isFailedCondition);
}

/** Nobody's fault: it met somebody else's transaction, or throttled parts of one. Trying again soon may do. */
export function isContention(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = reasonsOf(error).map((reason) => reason.Code ?? 'None');
  return codes.every((code) => code === 'None' || code === 'TransactionConflict' || THROTTLED.includes(code));
}

export function isFailedCondition(reason: CancellationReason): boolean {
  return reason.Code === 'ConditionalCheckFailed';
}

/** In the order of the transaction's actions. */
export function reasonsOf(error: TransactionCanceledException): readonly CancellationReason[] {
  return error.CancellationReasons ?? [];
}

/** Cancelled because somebody else was writing one of its items, every time. */
export function isConflict(error: unknown): boolean {
  return (
    error instanceof TransactionCanceledException &&
    isContention(error) &&
    reasonsOf(error).some((reason) => reason.Code === 'TransactionConflict')
  );
}

/** What the SDK threw, in the words of the domain; it stays the cause. */
export function toStorageError(error: unknown): Error {
  if (error instanceof StorageUnavailable || error instanceof RequestRefused) return error;
  if (error instanceof TypeError || error instanceof RangeError) return error;
  const reason = reasonOf(error);
  if (OUR_FAULT.includes(reason) || isMalformedTransaction(error)) return new RequestRefused(error);
  if (THROTTLED.includes(reason) || isContention(error)) {
    return new StorageUnavailable('DynamoDB is too busy', error, RETRY_AFTER_THROTTLING_SECONDS);
  }
  return new StorageUnavailable(`DynamoDB cannot be used (${reason})`, error, RETRY_AFTER_OUTAGE_SECONDS);
}

/** The name of the fault, for people: of the network's, its code. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error.name === 'AbortError') return 'no answer in time';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

function isMalformedTransaction(error: unknown): boolean {
  return (
    error instanceof TransactionCanceledException &&
    reasonsOf(error).some((reason) => reason.Code !== undefined && MALFORMED.includes(reason.Code))
  );
}
