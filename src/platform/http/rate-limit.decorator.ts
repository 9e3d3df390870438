import type { RateRule } from './rate-rule';
import { configureRoute } from './route-config';

/** Replaces, for this route, the limit that is configured for all; off when that one is switched off. */
export function RateLimit(rate: RateRule): MethodDecorator {
  return configureRoute({ rate });
}
