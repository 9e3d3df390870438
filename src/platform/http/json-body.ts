import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const MALFORMED = Object.assign(new Error('The body is not valid JSON'), {
  statusCode: 400,
  code: 'FST_ERR_CTP_INVALID_JSON_BODY',
});

const COMPRESSED = Object.assign(new Error('The body is compressed'), { statusCode: 415 });

/**
 * Leaves plain JSON as the only kind of body. An empty one is no body at all, whatever its Content-Type says; bytes that are no UTF-8 and keys that
 * would reach an object's prototype are malformed JSON.
 */
export function acceptOnlyJson(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer, done) => {
      if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') return done(COMPRESSED);
      if (body.length === 0) return done(null, undefined);
      if (!isUtf8(body)) return done(MALFORMED);
      void parse(request, body.toString(), done);
    },
  );
}
