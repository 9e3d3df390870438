import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import { isDocumentation } from './openapi';

type Headers = Readonly<Record<string, string>>;

/** For answers that are data: nothing keeps them, nothing guesses what they are. */
const DATA_HEADERS: Headers = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** For the pages of Swagger UI: only our own scripts, in nobody's frame. Without upgrade-insecure-requests, so that they work over plain HTTP too. */
const PAGE_HEADERS: Headers = {
  'content-security-policy': [
    "default-src 'self'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    "object-src 'none'",
    "script-src 'self'",
    "script-src-attr 'none'",
    "style-src 'self' 'unsafe-inline'",
  ].join(';'),
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Two headers for the API and a set for the documentation; a full set everywhere was a third of the cost of a request. */
export function sendSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', setHeaders(DATA_HEADERS));
  fastify.addHook('onRoute', (route) => {
    if (isDocumentation(route.url)) route.onRequest = setHeaders(PAGE_HEADERS);
  });
}

function setHeaders(headers: Headers): onRequestHookHandler {
  return (_request, reply, done) => {
    reply.headers(headers);
    done();
  };
}
