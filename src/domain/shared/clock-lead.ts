/** A reporter's clock may be this far ahead of ours (spec 10, section 2; spec 20 alike). */
const LARGEST_CLOCK_LEAD_MS = 5 * 60_000;

/** Whether an event time is further ahead of ours than clocks may differ. */
export function isTooFarAhead(timestamp: Date, now: Date): boolean {
  return timestamp.getTime() - now.getTime() > LARGEST_CLOCK_LEAD_MS;
}
