import type { Clock } from '../../domain/shared/clock';
import type { Lease, LeaseRepository } from '../../domain/shared/lease';
import { AbortScope } from './abort-scope';

export interface LeaseRequest {
  readonly name: string;
  readonly owner: string;
  readonly ttlMs: number;
  /** Ends the work from outside, e.g. at shutdown. */
  readonly signal: AbortSignal;
  /** Once the work is done well, nobody else is to do it again until this long after its begin. */
  readonly keepForMs?: number;
}

/** The lease as its holder sees it. */
export interface Hold {
  /** Aborted when the lease is lost, and when the work is to end for another reason. */
  readonly signal: AbortSignal;
  /**
   * Whether the lease cannot have passed to anybody else yet, by this process's own clock. A process that was paused beyond its lease learns it
   * here at once; the signal only follows when a timer or an answer has had its turn.
   */
  readonly isHeld: () => boolean;
}

/**
 * Does `work` while holding the lease, renewing it at a third of its life. The work's signal is aborted when the lease is lost or cannot be
 * renewed in time: whoever holds it then must be able to rely on it.
 * @returns whether the lease was to be had
 */
export async function holdLease(
  leases: LeaseRepository,
  clock: Clock,
  request: LeaseRequest,
  work: (hold: Hold) => Promise<void>,
): Promise<boolean> {
  const askedAtMs = clock.monotonicMs();
  const lease = await leases.acquire(request.name, request.owner, request.ttlMs, clock.now());
  if (lease === null) return false;
  const scope = new AbortScope(request.signal);
  const term = { untilMs: askedAtMs + request.ttlMs };
  const finished = new AbortController();
  const renewal = keepRenewing({ leases, clock, term, scope, request, finished: finished.signal }, lease);
  let doneWell = false;
  try {
    await work({ signal: scope.signal, isHeld: () => clock.monotonicMs() < term.untilMs });
    doneWell = true;
  } finally {
    finished.abort();
    scope.close();
    const last = await renewal;
    // A lease that cannot be given back runs out by itself; the work's own outcome matters more.
    if (last !== null)
      await giveBack({ leases, clock, request }, last, doneWell ? askedAtMs : null).catch(() => undefined);
  }
  return true;
}

interface Renewal {
  readonly leases: LeaseRepository;
  readonly clock: Clock;
  readonly request: LeaseRequest;
  readonly scope: AbortScope;
  /** Until when the lease is certainly ours, on the monotonic clock. */
  readonly term: { untilMs: number };
  readonly finished: AbortSignal;
}

/**
 * Renews until the work has ended, or was told to end: work that does not heed that must not keep others from the lease for good.
 * @returns the lease as it last stood, `null` when it was lost
 */
async function keepRenewing(renewal: Renewal, first: Lease): Promise<Lease | null> {
  const { clock, scope, finished, request } = renewal;
  let lease: Lease | null = first;
  while (lease !== null) {
    await clock.sleep(request.ttlMs / 3, finished);
    if (finished.aborted || request.signal.aborted) return lease;
    lease = await renewed(renewal, lease);
    if (lease === null) scope.abort(new Error(`lease ${first.name} was lost`));
  }
  return null;
}

/** A storage that does not answer is asked again until the lease has all but run out. */
async function renewed({ leases, clock, request, term }: Renewal, lease: Lease): Promise<Lease | null> {
  const askedAtMs = clock.monotonicMs();
  try {
    const next = await leases.renew(lease, request.ttlMs, clock.now());
    if (next !== null) term.untilMs = askedAtMs + request.ttlMs;
    return next;
  } catch {
    return term.untilMs - clock.monotonicMs() > request.ttlMs / 3 ? lease : null;
  }
}

/** @param doneSinceMs when work that was done well began; `null` for work that is to be tried again soon */
async function giveBack(
  { leases, clock, request }: Pick<Renewal, 'leases' | 'clock' | 'request'>,
  last: Lease,
  doneSinceMs: number | null,
): Promise<void> {
  const keepMs = doneSinceMs === null ? 0 : doneSinceMs + (request.keepForMs ?? 0) - clock.monotonicMs();
  if (keepMs > 0 && !request.signal.aborted) await leases.renew(last, keepMs, clock.now());
  else await leases.release(last);
}
