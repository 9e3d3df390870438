import { FakeClock } from '../../../test/fakes/fake-clock';
import { MemoryLeases } from '../../../test/fakes/memory-leases';
import { holdLease, type Hold } from './hold-lease';

describe('holdLease', () => {
  const clock = new FakeClock();
  const never = new AbortController().signal;
  const request = (owner: string, signal = never) => ({ name: 'job', owner, ttlMs: 30_000, signal });
  let leases: MemoryLeases;

  beforeEach(() => (leases = new MemoryLeases()));

  /** Work that goes on until its signal ends it. */
  const untilAborted = ({ signal }: Pick<Hold, 'signal'>) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

  it('does the work of one owner while another is turned away', async () => {
    let finish = () => {};
    const first = holdLease(leases, clock, request('a'), () => new Promise((resolve) => (finish = resolve)));
    await clock.advance(0);
    expect(await holdLease(leases, clock, request('b'), async () => {})).toBe(false);
    finish();
    expect(await first).toBe(true);
    expect(await holdLease(leases, clock, request('b'), async () => {})).toBe(true);
  });

  it('keeps the lease for as long as the work lasts', async () => {
    let finish = () => {};
    const first = holdLease(leases, clock, request('a'), () => new Promise((resolve) => (finish = resolve)));
    await clock.advance('10m');
    expect(await holdLease(leases, clock, request('b'), async () => {})).toBe(false);
    finish();
    await first;
  });

  it('gives the lease back when the work fails, and lets the failure through', async () => {
    const failing = holdLease(leases, clock, request('a'), () => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
    expect(leases.holder('job')).toBeNull();
  });

  it('ends the work of an owner whose lease went to somebody else while it was paused', async () => {
    const paused = holdLease(leases, clock, request('a'), untilAborted);
    await clock.advance(0);
    // The process stands still past its lease; b takes over before a's renewal has its turn.
    await leases.acquire('job', 'b', 30_000, new Date(clock.now().getTime() + 31_000));
    await clock.advance('10s');
    await paused;
    expect(leases.holder('job')).toBe('b');
  });

  it('ends the work when the storage is away until the lease has all but run out, not before', async () => {
    let aborted = false;
    const work = holdLease(leases, clock, request('a'), async (hold) => {
      await untilAborted(hold);
      aborted = true;
    });
    await clock.advance(0);
    leases.down = true;
    await clock.advance('10s');
    expect(aborted).toBe(false);
    await clock.advance('10s');
    expect(aborted).toBe(true);
    await work;
  });

  it('ends the work when it is asked to from outside', async () => {
    const outside = new AbortController();
    const work = holdLease(leases, clock, request('a', outside.signal), untilAborted);
    await clock.advance(0);
    outside.abort();
    expect(await work).toBe(true);
  });
});
