/** A limit of its own for some routes. Routes that are given the same object share one count; others do not, whatever it says. */
export interface RateRule {
  /** Whose requests are counted together: those of an API key, or those from a client address. */
  readonly per: 'key' | 'address';
  /** May be a decimal. */
  readonly perMinute: number;
}
