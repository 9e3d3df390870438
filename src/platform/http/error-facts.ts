import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import {
  RateLimitedError,
  UnavailableError,
  VesperError,
  type ErrorFamily,
} from '../../domain/shared/errors';
import type { JsonObject } from '../../domain/shared/json-value';
import { LARGEST_BODY_BYTES, tooLargeMessage } from './body-limits';

/** What the answer to a failed request says, before a face words it its own way. */
export interface ErrorFacts {
  readonly status: number;
  /** Short name of the status. */
  readonly error: string;
  readonly code: string;
  readonly message: string | readonly string[];
  /** What programs may want to know besides; shown where a face has room for it. */
  readonly details: JsonObject;
  readonly retryAfterSeconds: number | null;
}

/** The one table from what went wrong to the status that says so. */
const STATUS_OF_FAMILY: Readonly<Record<ErrorFamily, number>> = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  rate_limited: 429,
  unavailable: 503,
  vendor: 502,
};

/** Spec 10, "Errors": clients know a 429 by this name. */
const NAME_OF_429 = ThrottlerException.name;

/** The message may depend on how large a body the route takes. */
type Fault = readonly [code: string, message: string | ((bodyLimitBytes: number) => string)];

const UNREADABLE: Fault = ['BAD_REQUEST', 'The request cannot be read'];

/** Requests that are wrong before any rule of ours looks at them; texts of our own, because a framework's may quote the request. */
const HTTP_FAULTS: Readonly<Record<number, Fault>> = {
  404: ['ROUTE_NOT_FOUND', 'There is no such route'],
  408: ['REQUEST_TIMEOUT', 'The request did not arrive in time'],
  413: ['BODY_TOO_LARGE', tooLargeMessage],
  414: ['URL_TOO_LONG', 'A part of the URL is too long'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'The body must be sent as application/json, uncompressed'],
  431: ['HEADERS_TOO_LARGE', 'The headers are too large'],
};

const FASTIFY_FAULTS: Readonly<Record<string, Fault>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['MALFORMED_JSON', 'The body is not valid JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['BAD_REQUEST', 'The body is not as long as Content-Length says'],
  FST_ERR_BAD_URL: ['BAD_URL', 'The URL is not properly percent-encoded'],
};

const INTERNAL: ErrorFacts = {
  status: 500,
  error: nameOf(500),
  code: 'INTERNAL_ERROR',
  message: 'Something went wrong inside Vesper; the log knows more under this correlation id',
  details: {},
  retryAfterSeconds: null,
};

/**
 * Turns anything that was thrown into what may be said about it. Nothing unforeseen is quoted.
 * @param bodyLimitBytes of the route
 */
export function toErrorFacts(error: unknown, bodyLimitBytes: number = LARGEST_BODY_BYTES): ErrorFacts {
  if (error instanceof VesperError) return fromVesper(error);
  const status = statusOf(error);
  if (status === null) return INTERNAL;
  const [code, text] = FASTIFY_FAULTS[fastifyCodeOf(error)] ?? HTTP_FAULTS[status] ?? UNREADABLE;
  const message = typeof text === 'string' ? text : text(bodyLimitBytes);
  return { status, error: nameOf(status), code, message, details: {}, retryAfterSeconds: null };
}

function fromVesper(error: VesperError): ErrorFacts {
  const status = STATUS_OF_FAMILY[error.family];
  const waits = error instanceof RateLimitedError || error instanceof UnavailableError;
  return {
    status,
    error: nameOf(status),
    code: error.code,
    message: error.details.length > 0 ? error.details : error.message,
    details: error.facts,
    retryAfterSeconds: waits ? error.retryAfterSeconds : null,
  };
}

function nameOf(status: number): string {
  return status === 429 ? NAME_OF_429 : (STATUS_CODES[status] ?? 'Error');
}

/** The status of a fault of the caller's that Nest, Fastify or Node found; `null` for faults of our own. */
function statusOf(error: unknown): number | null {
  const status =
    error instanceof HttpException
      ? error.getStatus()
      : (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

function fastifyCodeOf(error: unknown): string {
  const origin = (error instanceof HttpException ? error.cause : error) as
    { code?: unknown } | null | undefined;
  return typeof origin?.code === 'string' ? origin.code : '';
}
