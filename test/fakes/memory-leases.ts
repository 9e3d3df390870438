import { hasExpired, type Lease, type LeaseRepository } from '../../src/domain/shared/lease';

/** Leases of one process, by the letter of the port, for specs of what uses leases; `down` makes the storage unreachable. */
export class MemoryLeases implements LeaseRepository {
  down = false;
  private readonly leases = new Map<string, Lease>();
  private fence = 0;

  async acquire(name: string, owner: string, ttlMs: number, now: Date): Promise<Lease | null> {
    this.demandUp();
    const current = this.leases.get(name);
    const held = current !== undefined && !hasExpired(current, now);
    if (held && current.owner !== owner) return null;
    const fence = held ? current.fence : ++this.fence;
    return this.keep({ name, owner, fence, expiresAt: new Date(now.getTime() + ttlMs) });
  }

  async renew(lease: Lease, ttlMs: number, now: Date): Promise<Lease | null> {
    this.demandUp();
    if (this.leases.get(lease.name)?.fence !== lease.fence) return null;
    return this.keep({ ...lease, expiresAt: new Date(now.getTime() + ttlMs) });
  }

  async release(lease: Lease): Promise<void> {
    this.demandUp();
    if (this.leases.get(lease.name)?.fence === lease.fence) this.leases.delete(lease.name);
  }

  holder(name: string): string | null {
    return this.leases.get(name)?.owner ?? null;
  }

  private keep(lease: Lease): Lease {
    this.leases.set(lease.name, lease);
    return lease;
  }

  private demandUp(): void {
    if (this.down) throw new Error('the storage does not answer');
  }
}
