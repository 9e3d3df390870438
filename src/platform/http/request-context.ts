import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** What is known of a request besides its content. */
export interface RequestContext {
  /** Name of the API key; `null` on public routes and until the key is known. */
  keyName: string | null;
  readonly correlationId: string;
  /** Clock.monotonicMs() at its arrival. */
  readonly startedMs: number;
  /** Code of the error it was answered with. */
  errorCode: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the request gate; `null` before it, and on requests that Fastify refuses by itself. */
    requestContext: RequestContext | null;
  }
}

/** Who calls, by which request. */
export interface Caller {
  readonly keyName: string;
  readonly correlationId: string;
}

/** Hands a controller of a scoped route its caller: `@FromCaller() caller: Caller`. */
export const FromCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** @throws TypeError on a public route, where nobody is known */
function callerOf({ requestContext }: FastifyRequest): Caller {
  if (requestContext === null || requestContext.keyName === null)
    throw new TypeError('this route has no caller');
  return { keyName: requestContext.keyName, correlationId: requestContext.correlationId };
}
