import type { FastifyReply, FastifyRequest } from 'fastify';
import { encodeCursor } from './cursor';

/** Names the next page in a `Link` header (RFC 8288); sets none on the last page. */
export function linkNextPage(
  request: FastifyRequest,
  reply: FastifyReply,
  next: string | null,
  limit: number,
): void {
  if (next === null) return;
  const base = `${request.protocol}://${request.host}`;
  // Host is the caller's word and may be nonsense or missing: then the link is a relative one.
  const known = request.host !== '' && URL.canParse(base);
  const url = new URL(request.url, known ? base : 'http://unknown');
  url.searchParams.set('cursor', encodeCursor(next));
  url.searchParams.set('limit', String(limit));
  void reply.header('link', `<${known ? url.href : url.pathname + url.search}>; rel="next"`);
}
