import { hasExpired, type Lease, type LeaseRepository } from '../../../domain/shared/lease';

interface Held {
  /** `null` after it was given back. */
  readonly lease: Lease | null;
  readonly fence: number;
}

/** Room for the fences of one run. */
const FENCES_A_RUN = 2 ** 31;

/** One process has the folder, so its leases need not outlive it; its fences do go on from run to run. */
export class MemoryLeaseRepository implements LeaseRepository {
  private readonly held = new Map<string, Held>();

  /** @param run which opening of the folder this is, from 1 */
  constructor(private readonly run: number) {}

  async acquire(name: string, owner: string, ttlMs: number, now: Date): Promise<Lease | null> {
    const { lease, fence } = this.held.get(name) ?? { lease: null, fence: this.run * FENCES_A_RUN };
    if (lease !== null && lease.owner === owner) return this.keep(lease, ttlMs, now);
    if (lease !== null && !hasExpired(lease, now)) return null;
    return this.keep({ name, owner, fence: fence + 1, expiresAt: now }, ttlMs, now);
  }

  async renew(lease: Lease, ttlMs: number, now: Date): Promise<Lease | null> {
    return this.isHeld(lease) ? this.keep(lease, ttlMs, now) : null;
  }

  async release(lease: Lease): Promise<void> {
    if (this.isHeld(lease)) this.held.set(lease.name, { lease: null, fence: lease.fence });
  }

  private isHeld({ name, owner, fence }: Lease): boolean {
    const current = this.held.get(name)?.lease ?? null;
    return current !== null && current.owner === owner && current.fence === fence;
  }

  private keep(lease: Lease, ttlMs: number, now: Date): Lease {
    const kept = { ...lease, expiresAt: new Date(now.getTime() + ttlMs) };
    this.held.set(lease.name, { lease: kept, fence: kept.fence });
    return kept;
  }
}
