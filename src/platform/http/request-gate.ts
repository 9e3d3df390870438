import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { ApiKey } from '../../domain/api-keys/api-key';
import type { Clock } from '../../domain/shared/clock';
import { RateLimitedError } from '../../domain/shared/errors';
import type { Shutdown } from '../health/shutdown';
import type { Metrics } from '../metrics/metrics';
import { isGranted, type Access } from './access';
import { ApiKeyMissing, ApiKeyUnknown, CorrelationIdInvalid, ScopeMissing } from './access.errors';
import { AddressLimits } from './address-limits';
import { ApiKeyRing, presentedKey } from './api-key-ring';
import { CORRELATION_HEADER, readCorrelationId } from './correlation-id';
import type { RateRule } from './rate-rule';
import { RequestLimits } from './request-limits';
import { quotaPerMinute } from './rolling-window';
import type { RouteConfig } from './route-config';

export interface GateSettings {
  readonly apiKeys: readonly ApiKey[];
  /** Per key, and per address for requests without a right key; 0 switches every limit off, those of single routes too. */
  readonly rateLimitPerMinute: number;
  /** Whether `/metrics` asks for a key. */
  readonly metricsRequireKey: boolean;
}

interface Limits {
  /** Of routes without a rule of their own. */
  readonly usual: RateRule;
  readonly requests: RequestLimits;
  readonly addresses: AddressLimits;
}

/** One request with a right key. */
interface Spending {
  readonly key: ApiKey;
  readonly rate: RateRule | undefined;
  readonly ip: string;
  readonly nowMs: number;
}

/**
 * Judges a request before its body is read: who is it, may it, not too often, and is it named well (spec 10, "Order").
 * One synchronous Fastify hook, because guards of Nest run only after the body was parsed, and each costs more than all of this.
 */
export class RequestGate {
  private readonly ring: ApiKeyRing;
  private readonly limits: Limits | null;

  constructor(
    private readonly settings: GateSettings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly shutdown: Shutdown,
  ) {
    this.ring = new ApiKeyRing(settings.apiKeys);
    this.limits = settings.rateLimitPerMinute === 0 ? null : this.createLimits();
  }

  readonly onRequest = (
    request: FastifyRequest,
    reply: FastifyReply,
    done: HookHandlerDoneFunction,
  ): void => {
    try {
      this.judge(request, reply);
    } catch (error) {
      return done(error as Error);
    }
    done();
  };

  private judge(request: FastifyRequest, reply: FastifyReply): void {
    const { id, refused } = readCorrelationId(request.headers);
    const nowMs = this.clock.monotonicMs();
    request.requestContext = { keyName: null, correlationId: id, startedMs: nowMs, errorCode: null };
    reply.header(CORRELATION_HEADER, id);
    if (this.shutdown.hasBegun) reply.header('connection', 'close');
    if (request.is404) return;
    const { access, rate } = request.routeOptions.config as RouteConfig;
    if (access?.kind !== 'public' && !this.isOpen(access)) {
      const key = this.authenticate(request, nowMs);
      request.requestContext.keyName = key.name;
      this.authorize(key, access);
      if (this.limits !== null) this.spend(this.limits, { key, rate, ip: request.ip, nowMs }, reply);
    }
    if (refused !== null) throw new CorrelationIdInvalid(refused);
  }

  private isOpen(access: Access | undefined): boolean {
    return access?.kind === 'configured' && access.door === 'metrics' && !this.settings.metricsRequireKey;
  }

  private authenticate(request: FastifyRequest, nowMs: number): ApiKey {
    const presented = presentedKey(request.headers);
    const key = presented === null ? null : this.ring.identify(presented);
    const waitSeconds = this.limits?.addresses.judge(request.ip, key, nowMs) ?? 0;
    if (waitSeconds > 0) {
      this.metrics.rateLimited.inc({ limit: 'address' });
      throw new RateLimitedError(waitSeconds);
    }
    if (key !== null) return key;
    // An empty header is a variable that nobody has set.
    const isMissing = presented === null || presented === '';
    this.metrics.authFailures.inc({ reason: isMissing ? 'missing' : 'unknown' });
    throw isMissing ? new ApiKeyMissing() : new ApiKeyUnknown();
  }

  /** A route without an access rule is nobody's. The start refuses such a route; this is the second lock. */
  private authorize(key: ApiKey, access: Access | undefined): void {
    const wanted = access === undefined || access.kind === 'public' ? [] : access.scopes;
    if (wanted.length > 0 && isGranted(key.scopes, wanted)) return;
    this.metrics.authFailures.inc({ reason: 'scope' });
    throw new ScopeMissing(wanted);
  }

  private spend({ usual, requests }: Limits, { key, rate, ip, nowMs }: Spending, reply: FastifyReply): void {
    const rule = rate ?? usual;
    const window = requests.windowOf(rule, key, ip, nowMs);
    const accepted = window.tryAccept(nowMs);
    const resetSeconds = window.resetSeconds(nowMs);
    reply.header('ratelimit-limit', window.quota.limit);
    reply.header('ratelimit-remaining', window.remaining);
    reply.header('ratelimit-reset', resetSeconds);
    if (accepted) return;
    this.metrics.rateLimited.inc({ limit: rule.per });
    throw new RateLimitedError(Math.max(1, resetSeconds));
  }

  private createLimits(): Limits {
    const perMinute = this.settings.rateLimitPerMinute;
    return {
      usual: { per: 'key', perMinute },
      requests: new RequestLimits(),
      addresses: new AddressLimits(quotaPerMinute(perMinute)),
    };
  }
}
