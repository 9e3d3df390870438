import 'reflect-metadata';
import { RouteConfig as NestRouteConfig } from '@nestjs/platform-fastify';
import type { Access } from './access';
import type { Face } from './envelopes';
import type { RateRule } from './rate-rule';

/** What Fastify keeps of a route for our hooks. */
export interface RouteConfig {
  access?: Access;
  /** In whose shape failed requests are answered; absent: the general one. */
  face?: Face;
  /** Absent: the limit that all other routes share. */
  rate?: RateRule;
  /** Absent: `LARGEST_BODY_BYTES`. */
  bodyLimitBytes?: number;
}

const SAID = Symbol('route config');

/** Adds to what is said of a route; Nest's own decorator forgets what an earlier one has said. */
export function configureRoute(part: RouteConfig): MethodDecorator {
  return (prototype, name, descriptor: PropertyDescriptor) => {
    const handler = descriptor.value as object;
    const said = Reflect.getMetadata(SAID, handler) as RouteConfig | undefined;
    const whole: RouteConfig = { ...said, ...part };
    Reflect.defineMetadata(SAID, whole, handler);
    NestRouteConfig(whole)(prototype, name, descriptor);
  };
}
