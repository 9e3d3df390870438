import type { NestApplicationOptions } from '@nestjs/common';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Clock } from '../../domain/shared/clock';
import type { TrustProxy } from '../config/trust-proxy';
import type { Shutdown } from '../health/shutdown';
import type { Log, Logs } from '../logging/log';
import { NestLogger } from '../logging/nest.logger';
import type { Metrics } from '../metrics/metrics';
import { ErrorFilter } from './error.filter';
import { createHttpAdapter } from './http-adapter';
import { acceptOnlyJson } from './json-body';
import { isDocumentation, serveDocumentation, type ApiIdentity } from './openapi';
import { RequestGate, type GateSettings } from './request-gate';
import { RequestLog } from './request-log';
import type { RouteConfig } from './route-config';
import { RouteFaces } from './route-faces';
import { sendSecurityHeaders } from './security-headers';

const API_PREFIX = 'api/v1';

/** Requests in flight get this long at shutdown before their connections are cut (spec 70: gone within 10 s). */
const DRAIN_MS = 7_000;
/** How often connections that have fallen idle meanwhile are ended. */
const SWEEP_MS = 100;

export interface HttpPlatformParts {
  readonly gate: GateSettings;
  readonly trustProxy: TrustProxy;
  readonly identity: ApiIdentity;
  readonly clock: Clock;
  readonly logs: Pick<Logs, 'log' | 'plainLog'>;
  readonly metrics: Metrics;
  readonly shutdown: Shutdown;
}

/** Everything between the socket and a controller. */
export interface HttpPlatform {
  readonly adapter: FastifyAdapter;
  readonly nestOptions: NestApplicationOptions;
  /** To be called between `NestFactory.create` and `app.init` or `app.listen`. */
  furnish(app: NestFastifyApplication): void;
}

export function createHttpPlatform(parts: HttpPlatformParts): HttpPlatform {
  const { clock, logs, metrics } = parts;
  const filter = new ErrorFilter(clock, logs.log);
  const faces = new RouteFaces();
  const gate = new RequestGate(parts.gate, clock, metrics, parts.shutdown);
  const requestLog = new RequestLog(clock, logs.plainLog, metrics);
  return {
    adapter: createHttpAdapter({ trustProxy: parts.trustProxy, clock, log: logs.log, filter, faces }),
    nestOptions: { logger: new NestLogger(logs.log), bodyParser: false, abortOnError: false },
    furnish(app) {
      const fastify = app.getHttpAdapter().getInstance();
      acceptOnlyJson(fastify);
      fastify.decorateRequest('requestContext', null);
      fastify.addHook('onRoute', demandAccessRule);
      fastify.addHook('onRoute', limitBody);
      fastify.addHook('onRoute', (route) => faces.note(route));
      fastify.addHook('onRequest', gate.onRequest);
      fastify.addHook('onResponse', requestLog.onResponse);
      sendSecurityHeaders(fastify);
      cutStragglers(fastify, clock, logs.log);
      app.setGlobalPrefix(API_PREFIX);
      app.useGlobalFilters(filter);
      serveDocumentation(app, parts.identity);
    },
  };
}

/** A route that does not say who may use it stops the start. */
function demandAccessRule(route: RouteOptions): void {
  const config: RouteConfig = (route.config ??= {});
  if (isDocumentation(route.url)) config.access = { kind: 'public' };
  if (config.access !== undefined) return;
  throw new Error(`${String(route.method)} ${route.url} has neither @RequireScope nor @Public`);
}

/** Nest hands Fastify the config of a route, but not its options. */
function limitBody(route: RouteOptions): void {
  const { bodyLimitBytes } = route.config as RouteConfig;
  if (bodyLimitBytes !== undefined) route.bodyLimit = bodyLimitBytes;
}

/**
 * Ends at shutdown the connections whose last request has been answered, for their clients may keep them open; and in the end what a slow or
 * half-sent request would hold open.
 */
function cutStragglers(fastify: FastifyInstance, clock: Clock, log: Log): void {
  const closed = new AbortController();
  const drain = async (): Promise<void> => {
    for (let waitedMs = 0; waitedMs < DRAIN_MS; waitedMs += SWEEP_MS) {
      await clock.sleep(SWEEP_MS, closed.signal);
      if (closed.signal.aborted) return;
      fastify.server.closeIdleConnections();
    }
    log.warn('connections that were still busy at shutdown are cut');
    fastify.server.closeAllConnections();
  };
  fastify.addHook('preClose', (done) => {
    void drain();
    done();
  });
  fastify.addHook('onClose', (_instance, done) => {
    closed.abort();
    done();
  });
}
