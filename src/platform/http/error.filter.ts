import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../domain/shared/clock';
import type { Log } from '../logging/log';
import { CORRELATION_HEADER, readCorrelationId } from './correlation-id';
import { toErrorBody } from './error-body';
import { toErrorFacts, type ErrorFacts } from './error-facts';

/** Answers every failed request in one shape, whoever found the fault: our rules, Nest, Fastify, or nobody. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const facts = toErrorFacts(error);
    const correlationId = request.requestContext?.correlationId ?? readCorrelationId(request.headers).id;
    if (facts.status >= 500) this.report(error, facts, correlationId);
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
      toErrorBody(facts, { method: method ?? '', url: url ?? '', correlationId, at: this.clock.now() }),
    );
  }

  private report(err: unknown, { status, code }: ErrorFacts, correlationId: string): void {
    const fields = { err, correlation_id: correlationId, code };
    if (status === 503) this.log.warn(fields, 'a request could not be served for now');
    else this.log.error(fields, 'a request failed for a reason nobody foresaw');
  }
}
