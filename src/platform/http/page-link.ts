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
  const base = request.host === '' ? 'http://vesper' : `${request.protocol}://${request.host}`;
  const url = new URL(request.url, base);
  url.searchParams.set('cursor', encodeCursor(next));
  url.searchParams.set('limit', String(limit));
  const address = request.host === '' ? `${url.pathname}${url.search}` : url.href;
  void reply.header('link', `<${address}>; rel="next"`);
}
