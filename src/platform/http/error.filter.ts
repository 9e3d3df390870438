import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../domain/shared/clock';
import type { Log } from '../logging/log';
import { CORRELATION_HEADER, readCorrelationId } from './correlation-id';
import { inFace, toAnswer, type Face } from './envelopes';
import { toErrorFacts, type ErrorFacts } from './error-facts';
import type { RouteConfig } from './route-config';

export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** A vendor, or what Vesper keeps its state in, did not do its part. */
const FORESEEN: ReadonlySet<number> = new Set([502, 503]);

/** Answers every failed request in the shape of its route's face, whoever found the fault: our rules, Nest, Fastify, or nobody. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { face = 'general' } = request.routeOptions.config as RouteConfig;
    this.answer(error, face, { request, reply: http.getResponse<FastifyReply>() });
  }

  answer(error: unknown, face: Face, { request, reply }: Exchange): void {
    const found = toErrorFacts(error, request.routeOptions.bodyLimit);
    const facts = inFace(face, found);
    const correlationId = request.requestContext?.correlationId ?? readCorrelationId(request.headers).id;
    // By what is answered too: a face may call a server's fault what by itself is none.
    if (Math.max(found.status, facts.status) >= 500) this.report(error, found, correlationId);
    if (request.requestContext) request.requestContext.errorCode = facts.code;
    // An answer that was half sent cannot be taken back.
    if (reply.sent || reply.raw.headersSent) return;
    reply
      .status(facts.status)
      .header(CORRELATION_HEADER, correlationId)
      .type('application/json; charset=utf-8');
    if (facts.retryAfterSeconds !== null) reply.header('retry-after', Math.ceil(facts.retryAfterSeconds));
    if (facts.status === 401) reply.header('www-authenticate', 'Bearer realm="vesper"');
    const { method, url } = request.raw;
    reply.send(
      toAnswer(face, facts, { method: method ?? '', url: url ?? '', correlationId, at: this.clock.now() }),
    );
  }

  private report(err: unknown, { status, code }: ErrorFacts, correlationId: string): void {
    const fields = { err, correlation_id: correlationId, code };
    if (status < 500 || FORESEEN.has(status)) this.log.warn(fields, 'a request could not be served for now');
    else this.log.error(fields, 'a request failed for a reason nobody foresaw');
  }
}
