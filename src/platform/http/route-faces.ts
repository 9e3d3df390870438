import type { RouteOptions } from 'fastify';
import type { Face } from './envelopes';
import { pathOf } from './error-body';
import type { RouteConfig } from './route-config';

/** Which face answers a request that never finds its route, because a name in its URL cannot be read. */
export class RouteFaces {
  /** By what stands before the name. */
  private readonly faces = new Map<string, Face>();

  /** To be called for each route. */
  note(route: RouteOptions): void {
    const { face } = route.config as RouteConfig;
    const nameAt = route.url.indexOf(':');
    if (face !== undefined && nameAt >= 0) this.faces.set(route.url.slice(0, nameAt), face);
  }

  ofUrl(url: string): Face {
    const path = pathOf(url);
    for (const [prefix, face] of this.faces) if (path.startsWith(prefix)) return face;
    return 'general';
  }
}
