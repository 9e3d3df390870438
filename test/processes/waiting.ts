import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until the answer is yes. @returns whether it was within `withinMs` */
export async function waitUntil(
  question: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs = 50,
): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (!(await question())) {
    if (performance.now() > until) return false;
    await sleep(everyMs);
  }
  return true;
}
