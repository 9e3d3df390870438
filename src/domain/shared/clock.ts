/** Time as a dependency: nothing in Vesper asks the system for it in any other way. */
export interface Clock {
  /** The server's wall clock; may step back. */
  now(): Date;
  /** Milliseconds since some moment; never steps back. For durations and rate limits within one process. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const Clock = Symbol('Clock');
