/** The right to do one named job, for a while, on one instance only. */
export interface Lease {
  readonly name: string;
  readonly owner: string;
  readonly expiresAt: Date;
  /** Grows with each change of owner, and so tells one holding from the next. What is written under the lease is guarded by its own versions (ADR 0005). */
  readonly fence: number;
}

export function hasExpired(lease: Lease, now: Date): boolean {
  return lease.expiresAt.getTime() <= now.getTime();
}

/** Leases are kept in the storage that all instances share. */
export interface LeaseRepository {
  /**
   * Takes the lease when it is free, expired, or already this owner's (then it is extended and the fence stays).
   * @returns `null` when somebody else holds it
   */
  acquire(name: string, owner: string, ttlMs: number, now: Date): Promise<Lease | null>;
  /** @returns the extended lease, or `null` when it has been lost to somebody else in the meantime */
  renew(lease: Lease, ttlMs: number, now: Date): Promise<Lease | null>;
  /** Gives it back. Does nothing when it has been lost. The fence goes on counting. */
  release(lease: Lease): Promise<void>;
}

export const LeaseRepository = Symbol('LeaseRepository');
