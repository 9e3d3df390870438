import type { Route } from './route';
import type { StormRule } from './storm';

/** How alerts are told on this installation. */
export interface NotificationRules {
  readonly routes: readonly Route[];
  readonly storm: StormRule;
  /** Repeats of one alert edit its message at most this often. */
  readonly repeatEditMs: number;
}

export const NotificationRules = Symbol('NotificationRules');
