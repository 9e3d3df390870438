import type { Server } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { LogController, type FastifyHttpOptions } from 'fastify';
import type { Clock } from '../../domain/shared/clock';
import type { TrustProxy } from '../config/trust-proxy';
import type { Log } from '../logging/log';
import { LARGEST_BODY_BYTES } from './body-limits';
import { answerConnectionFault } from './connection-faults';
import type { ErrorFilter } from './error.filter';
import type { RouteFaces } from './route-faces';

/** A scheduler id has up to 255 characters, each of which may arrive percent-encoded. */
const LONGEST_PARAMETER = 1_024;
/** From the first byte of a request to the last of its body: a sender that is slower is cut off. */
const REQUEST_TIMEOUT_MS = 15_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** How often Node looks for requests beyond those two. */
const TIMEOUT_CHECK_MS = 2_000;
/** Longer than a load balancer keeps an idle connection (60 s), so that it is never we who close one it is about to use. */
const KEEP_ALIVE_MS = 65_000;
/** A connection on which nothing moves at all, e.g. because the client does not read its answer. */
const SILENT_CONNECTION_MS = 90_000;

export interface AdapterParts {
  readonly trustProxy: TrustProxy;
  readonly clock: Clock;
  readonly log: Log;
  readonly filter: ErrorFilter;
  readonly faces: RouteFaces;
}

/** Fastify with limits against slow, endless and oversized requests; its own refusals come out in our shape. */
export function createHttpAdapter({ trustProxy, clock, log, filter, faces }: AdapterParts): FastifyAdapter {
  const options: FastifyHttpOptions<Server> = {
    trustProxy: toTrust(trustProxy),
    bodyLimit: LARGEST_BODY_BYTES,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: SILENT_CONNECTION_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
    // A request that arrives on an open connection during shutdown is served, and the connection closed after it.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // Of Fastify's own lines only its complaints are kept; each request leaves one line of ours.
    loggerInstance: log.child({ context: 'Fastify' }),
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (parent) => parent,
    frameworkErrors: (error, request, reply) =>
      filter.answer(error, faces.ofUrl(request.url), { request, reply }),
    clientErrorHandler: (fault, socket) => answerConnectionFault(fault, socket, clock),
  };
  return new FastifyAdapter(options);
}

/** A number of hops becomes a function: Fastify reads the plain number as trusting nobody. */
function toTrust(trustProxy: TrustProxy): boolean | string[] | ((address: string, hop: number) => boolean) {
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  return typeof trustProxy === 'boolean' ? trustProxy : [...trustProxy];
}
