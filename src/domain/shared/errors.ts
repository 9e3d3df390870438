import type { JsonObject } from './json-value';

/** What went wrong, by meaning; `platform/http/error.filter.ts` alone knows which HTTP status a family becomes. */
export type ErrorFamily =
  | 'invalid_input'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'rate_limited'
  | 'unavailable'
  /** Something Vesper was asked to do at once at a vendor's, and which the vendor did not do. */
  | 'vendor';

export interface ErrorOptions {
  readonly details?: readonly string[];
  readonly cause?: unknown;
}

/** Base of every error that Vesper throws on purpose. `code` is published (docs/errors.md) and never changes. */
export abstract class VesperError extends Error {
  abstract readonly family: ErrorFamily;
  readonly details: readonly string[];
  /** What programs may want to know besides, in the names of the wire. */
  readonly facts: JsonObject = {};

  constructor(
    readonly code: string,
    message: string,
    options: ErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.details = options.details ?? [];
  }
}

/** `details` holds every violation at once, each naming its field. */
export class InvalidInputError extends VesperError {
  readonly family = 'invalid_input';

  constructor(violations: readonly string[], code = 'INVALID_INPUT', cause?: unknown) {
    super(code, violations.join('; '), { details: violations, cause });
  }
}

export class UnauthenticatedError extends VesperError {
  readonly family = 'unauthenticated';
}

export class ForbiddenError extends VesperError {
  readonly family = 'forbidden';
}

export class NotFoundError extends VesperError {
  readonly family = 'not_found';
}

export class ConflictError extends VesperError {
  readonly family = 'conflict';
}

export class RateLimitedError extends VesperError {
  readonly family = 'rate_limited';

  constructor(readonly retryAfterSeconds: number) {
    super('RATE_LIMITED', 'Too Many Requests');
  }
}

/** A passing fault of something Vesper depends on; nothing was acknowledged and the caller may try again. */
export class UnavailableError extends VesperError {
  readonly family = 'unavailable';

  constructor(
    code: string,
    message: string,
    readonly retryAfterSeconds: number,
    cause?: unknown,
  ) {
    super(code, message, { cause });
  }
}

/** The storage did not take the write (disk full, throttled, gone). What was asked is not acknowledged. */
export class StorageUnavailable extends UnavailableError {
  constructor(message: string, cause?: unknown, retryAfterSeconds = 1) {
    super('STATE_ERROR', message, retryAfterSeconds, cause);
  }
}

/** Somebody else wrote first: read again and decide again. Repositories throw it, services retry it. */
export class ChangedConcurrently extends ConflictError {
  constructor(what: string, cause?: unknown) {
    super('CHANGED_CONCURRENTLY', `${what} was changed by another request at the same time`, { cause });
  }
}
