import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import type { Clock } from '../../domain/shared/clock';
import { CORRELATION_HEADER } from './correlation-id';
import { toErrorBody } from './error-body';
import { toErrorFacts } from './error-facts';

const STATUS_OF_FAULT: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** Answers what is not even a request (a torn or endless header, not HTTP at all) in the usual shape, and ends the connection. */
export function answerConnectionFault(
  fault: Error & { readonly code?: string },
  socket: Socket,
  clock: Clock,
): void {
  if (fault.code !== 'ECONNRESET' && socket.writable) socket.write(toRawAnswer(fault, clock));
  socket.destroy();
}

function toRawAnswer(fault: { readonly code?: string }, clock: Clock): string {
  const statusCode = STATUS_OF_FAULT[fault.code ?? ''] ?? 400;
  const correlationId = randomUUID();
  const request = { method: '', url: '', correlationId, at: clock.now() };
  const body = JSON.stringify(toErrorBody(toErrorFacts({ statusCode }), request));
  return [
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `${CORRELATION_HEADER}: ${correlationId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
