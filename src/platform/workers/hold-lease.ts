import type { Clock } from '../../domain/shared/clock';
import type { Lease, LeaseRepository } from '../../domain/shared/lease';
import { AbortScope } from './abort-scope';

export interface LeaseRequest {
  readonly name: string;
  readonly owner: string;
  readonly ttlMs: number;
  /** Ends the work from outside, e.g. at shutdown. */
  readonly signal: AbortSignal;
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
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const lease = await leases.acquire(request.name, request.owner, request.ttlMs, clock.now());
  if (lease === null) return false;
  const scope = new AbortScope(request.signal);
  const finished = new AbortController();
  const renewal = keepRenewing(leases, clock, lease, request.ttlMs, scope, finished.signal);
  try {
    await work(scope.signal);
  } finally {
    finished.abort();
    scope.close();
    const last = await renewal;
    // A lease that cannot be given back runs out by itself; the work's own outcome matters more.
    if (last !== null) await leases.release(last).catch(() => undefined);
  }
  return true;
}

/** @returns the lease as it last stood, `null` when it was lost */
async function keepRenewing(
  leases: LeaseRepository,
  clock: Clock,
  first: Lease,
  ttlMs: number,
  scope: AbortScope,
  finished: AbortSignal,
): Promise<Lease | null> {
  let lease: Lease | null = first;
  while (lease !== null) {
    await clock.sleep(ttlMs / 3, finished);
    if (finished.aborted) return lease;
    lease = await renewed(leases, clock, lease, ttlMs);
    if (lease === null) scope.abort(new Error(`lease ${first.name} was lost`));
  }
  return null;
}

/** A storage that does not answer is asked again until the lease has run out. */
async function renewed(
  leases: LeaseRepository,
  clock: Clock,
  lease: Lease,
  ttlMs: number,
): Promise<Lease | null> {
  try {
    return await leases.renew(lease, ttlMs, clock.now());
  } catch {
    return lease.expiresAt.getTime() - clock.now().getTime() > ttlMs / 3 ? lease : null;
  }
}
