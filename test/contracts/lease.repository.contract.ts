import type { Lease } from '../../src/domain/shared/lease';
import { at, newId } from './acts';
import type { StoreSubject } from './store-subject';

const TTL_MS = 60_000;

/** The right to do a job, on one instance only. */
export function leaseRepositoryContract({ store }: StoreSubject): void {
  const acquire = (name: string, owner: string, now: Date) =>
    store().leases.acquire(name, owner, TTL_MS, now);

  async function acquired(name: string, owner: string, now: Date): Promise<Lease> {
    const lease = await acquire(name, owner, now);
    if (lease === null) throw new Error(`${owner} does not get ${name}`);
    return lease;
  }

  it('is given to the first who asks, and to nobody else while it lasts', async () => {
    const name = newId('job 🌙/#:');
    const lease = await acquired(name, 'a', at(0, 5));
    expect(lease).toMatchObject({ name, owner: 'a', expiresAt: at(1, 5) });
    expect(await acquire(name, 'b', at(0, 6))).toBeNull();
    expect(await acquire(name, 'b', at(1, 4))).toBeNull();
    expect(await acquire(newId('job'), 'b', at(0, 6))).not.toBeNull();
  });

  it('is extended when its owner asks again', async () => {
    const name = newId('job');
    const lease = await acquired(name, 'a', at(0));
    expect(await acquire(name, 'a', at(0, 30_000))).toEqual({ ...lease, expiresAt: at(1, 30_000) });
    expect(await acquire(name, 'b', at(1))).toBeNull();
  });

  it('is free from the very instant at which it expires, with a higher fence', async () => {
    const name = newId('job');
    const lease = await acquired(name, 'a', at(0));
    const next = await acquired(name, 'b', at(1));
    expect(next).toMatchObject({ owner: 'b', expiresAt: at(2) });
    expect(next.fence).toBeGreaterThan(lease.fence);
    const third = await acquired(name, 'a', at(3));
    expect(third.fence).toBeGreaterThan(next.fence);
  });

  it('is renewed by its owner, also late, as long as nobody else took it', async () => {
    const name = newId('job');
    const lease = await acquired(name, 'a', at(0));
    const renewed = await store().leases.renew(lease, TTL_MS, at(0, 40_000));
    expect(renewed).toEqual({ ...lease, expiresAt: at(1, 40_000) });
    expect(await acquire(name, 'b', at(1, 10_000))).toBeNull();
    expect(await store().leases.renew(lease, TTL_MS, at(5))).toEqual({ ...lease, expiresAt: at(6) });
    expect(await acquire(name, 'b', at(5, 1))).toBeNull();
  });

  it('cannot be renewed once it is lost to somebody else', async () => {
    const name = newId('job');
    const lost = await acquired(name, 'a', at(0));
    const held = await acquired(name, 'b', at(2));
    expect(await store().leases.renew(lost, TTL_MS, at(2, 1))).toBeNull();
    expect(await acquire(name, 'a', at(2, 2))).toBeNull();
    await store().leases.release(held);
    expect(await store().leases.renew(lost, TTL_MS, at(2, 3))).toBeNull();
    expect(await acquire(name, 'c', at(2, 4))).not.toBeNull();
  });

  it('is free as soon as it is released, and its fence goes on counting', async () => {
    const name = newId('job');
    const lease = await acquired(name, 'a', at(0));
    await store().leases.release(lease);
    const next = await acquired(name, 'b', at(0, 1));
    expect(next.fence).toBeGreaterThan(lease.fence);
    await store().leases.release(next);
    const again = await acquired(name, 'a', at(0, 2));
    expect(again.fence).toBeGreaterThan(next.fence);
  });

  it('stays with its holder when a former owner releases it', async () => {
    const name = newId('job');
    const lost = await acquired(name, 'a', at(0));
    const held = await acquired(name, 'b', at(2));
    await store().leases.release(lost);
    expect(await acquire(name, 'c', at(2, 1))).toBeNull();
    expect(await store().leases.renew(held, TTL_MS, at(2, 2))).not.toBeNull();
    await store().leases.release({ ...held, name: newId('never held') });
  });

  it('goes to one of many who ask at once, free or expired', async () => {
    const name = newId('job');
    const fences: number[] = [];
    for (const now of [at(0), at(5)]) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, n) => acquire(name, `rival-${n}-${now.getTime()}`, now)),
      );
      const holders = answers.filter((lease) => lease !== null);
      expect(holders).toHaveLength(1);
      fences.push(holders[0]?.fence ?? 0);
    }
    expect(fences[1]).toBeGreaterThan(fences[0] ?? 0);
  });
}
