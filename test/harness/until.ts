/** Looking all the time would take the processor from what is waited for. */
const LOOK_EVERY_MS = 2;

/** Shorter than Jest's own patience, after which nobody would say what was waited for, and the looking would go on. */
const PATIENCE_MS = 4_000;

/**
 * Waits in real time, and without moving any clock, for what comes by itself: over a socket, from a disk, from another process.
 * @throws Error that shows the condition, when it has not come about in time
 */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  { withinMs = PATIENCE_MS, everyMs = LOOK_EVERY_MS } = {},
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not so within ${withinMs} ms: ${String(isSo)}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
