import type { Sabotage } from './drill';
import type { Findings } from './findings';

/** Without a planted fault every promise was kept, or one was broken; with one it was found or missed. */
export type Verdict = 'kept' | 'broken' | 'found' | 'missed' | 'skipped';

/**
 * A planted fault is found by a broken promise that is about it: what else is broken, as a bound on a busy machine, proves nothing. Neither has a drill
 * found anything that did not come to its end.
 */
export function judge(
  findings: Findings,
  sabotage: Sabotage | undefined,
): { readonly verdict: Verdict; readonly said: string } {
  const broken = findings.broken.map(({ promise }) => promise);
  if (sabotage === undefined) return { verdict: broken.length === 0 ? 'kept' : 'broken', said: '' };
  const by = broken.filter((promise) => sabotage.breaks.some((part) => promise.includes(part)));
  const others = broken.filter((promise) => !by.includes(promise));
  const beside = others.length === 0 ? '' : `; also broken: ${others.join('; ')}`;
  if (by.length > 0 && findings.isWhole)
    return { verdict: 'found', said: `found   "${sabotage.about}" by: ${by.join('; ')}${beside}` };
  const wanted = sabotage.breaks.join('", "');
  return { verdict: 'missed', said: `MISSED  "${sabotage.about}": none of "${wanted}" is broken${beside}` };
}
