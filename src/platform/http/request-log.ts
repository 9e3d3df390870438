import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Clock } from '../../domain/shared/clock';
import type { Log } from '../logging/log';
import type { Metrics } from '../metrics/metrics';
import { pathOf } from './error-body';

type Observation = ReturnType<Metrics['requestDuration']['labels']>;

/** Of a request that fits no route; its path is anybody's choice and no label. */
const NO_ROUTE = 'none';

/** Leaves one line and one observation of each answered request. */
export class RequestLog {
  /** By method, route and status: looking the labels up anew costs more than the observation. */
  private readonly observations = new Map<string, Observation>();

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  readonly onResponse = (
    request: FastifyRequest,
    reply: FastifyReply,
    done: HookHandlerDoneFunction,
  ): void => {
    const context = request.requestContext;
    const route = (request.routeOptions.config as { url?: string }).url ?? NO_ROUTE;
    const durationMs = context === null ? reply.elapsedTime : this.clock.monotonicMs() - context.startedMs;
    this.observe(request.method, route, reply.statusCode, durationMs);
    const level = reply.statusCode >= 500 ? 'warn' : 'info';
    if (this.log.isLevelEnabled(level)) {
      const fields = {
        correlation_id: context?.correlationId,
        key: context?.keyName ?? undefined,
        method: request.method,
        route,
        path: pathOf(request.url),
        status: reply.statusCode,
        duration_ms: Math.round(durationMs * 1_000) / 1_000,
        code: context?.errorCode ?? undefined,
      };
      this.log[level](fields, 'request answered');
    }
    done();
  };

  private observe(method: string, route: string, status: number, durationMs: number): void {
    const name = `${method} ${route} ${status}`;
    let observation = this.observations.get(name);
    if (observation === undefined) {
      observation = this.metrics.requestDuration.labels(method, route, String(status));
      this.observations.set(name, observation);
    }
    observation.observe(durationMs / 1_000);
  }
}
