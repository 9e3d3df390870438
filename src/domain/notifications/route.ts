import type { Alert } from '../alerts/alert';

/** Which alerts go to which channels. Ordered; the first that matches decides, unless it says `goesOn`. */
export interface Route {
  readonly name: string;
  readonly matches: (alert: Alert) => boolean;
  readonly channelIds: readonly string[];
  readonly goesOn: boolean;
}

/** The route that always exists: every alert to the Slack channel of the environment. */
export function defaultRoute(channelId: string): Route {
  return { name: 'default', matches: () => true, channelIds: [channelId], goesOn: false };
}

/** @returns channel ids without repeats, in the order of the routes */
export function matchRoutes(routes: readonly Route[], alert: Alert): readonly string[] {
  const channelIds = new Set<string>();
  for (const route of routes) {
    if (!route.matches(alert)) continue;
    route.channelIds.forEach((id) => channelIds.add(id));
    if (!route.goesOn) break;
  }
  return [...channelIds];
}
