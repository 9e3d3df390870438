import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export const CORRELATION_HEADER = 'x-correlation-id';
const ACCEPTED_HEADERS = [CORRELATION_HEADER, 'x-request-id'];
const CORRELATION_ID = /^[\w.-]{1,128}$/;

export interface CorrelationId {
  /** The caller's, or one made for the request. */
  readonly id: string;
  /** The header whose value cannot be used, if there is one. */
  readonly refused: string | null;
}

export function readCorrelationId(headers: IncomingHttpHeaders): CorrelationId {
  for (const name of ACCEPTED_HEADERS) {
    const value = headers[name];
    if (value === undefined) continue;
    return typeof value === 'string' && CORRELATION_ID.test(value)
      ? { id: value, refused: null }
      : { id: randomUUID(), refused: name };
  }
  return { id: randomUUID(), refused: null };
}
