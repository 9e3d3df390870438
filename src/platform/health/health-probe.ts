/** `pending`: not known yet. `disabled`: an integration that is not configured. Any other text says what is wrong. */
const HEALTHY = new Set(['ok', 'recovered', 'disabled', 'pending']);

export function isHealthy(result: string): boolean {
  return HEALTHY.has(result);
}

/** One line of the health report about something outside the storage. */
export interface HealthProbe {
  /** snake_case, e.g. `slack_api`. */
  readonly name: string;
  /** What is known at this moment; it never waits for anybody. */
  check(): string;
}

/** Port: the probes of this installation. */
export type HealthProbes = readonly HealthProbe[];
export const HealthProbes = Symbol('HealthProbes');
