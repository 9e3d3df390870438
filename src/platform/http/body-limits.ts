/** Of a route that says nothing else (spec 10, "Errors"). */
export const LARGEST_BODY_BYTES = 64 * 1024;

/** What a request is told whose body is larger; limits are whole KiB. */
export function tooLargeMessage(limitBytes: number): string {
  return `The body is larger than ${limitBytes / 1024} KiB`;
}
