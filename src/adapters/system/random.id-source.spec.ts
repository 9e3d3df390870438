import { FakeClock } from '../../../test/fakes/fake-clock';
import { RandomIdSource } from './random.id-source';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function timestampOf(id: string): number {
  return parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}

describe('a new id', () => {
  it('is a UUID of version 7 that tells its millisecond', () => {
    const clock = new FakeClock('2026-03-02T17:00:00.123Z');
    const id = new RandomIdSource(clock).next();
    expect(id).toMatch(UUID_V7);
    expect(timestampOf(id)).toBe(clock.now().getTime());
  });

  it('sorts after all before it: in one millisecond, later, and when the clock steps back', async () => {
    const clock = new FakeClock('2026-03-02T17:00:00.000Z');
    const ids = new RandomIdSource(clock);
    // Three times as many as one millisecond's counter holds.
    const made = Array.from({ length: 3 * 4_096 }, () => ids.next());
    clock.stepWallTo('2026-03-02T16:00:00.000Z');
    made.push(ids.next(), ids.next());
    clock.stepWallTo('2026-03-02T17:00:00.002Z');
    made.push(ids.next());
    await clock.advance('1s');
    made.push(ids.next());
    expect(new Set(made).size).toBe(made.length);
    expect([...made].sort()).toEqual(made);
    expect(timestampOf(made.at(-1) ?? '')).toBe(clock.now().getTime());
  });

  it('is not that of another process at the same millisecond', () => {
    const clock = new FakeClock();
    const [one, other] = [new RandomIdSource(clock), new RandomIdSource(clock)];
    const made = Array.from({ length: 100 }, () => [one.next(), other.next()]).flat();
    expect(new Set(made).size).toBe(made.length);
  });
});

describe('a fingerprint', () => {
  it('is a UUID of version 8, the same for the same text on every machine', () => {
    const ids = new RandomIdSource(new FakeClock());
    expect(ids.fingerprint('scheduler 🌙')).toMatch(UUID_V8);
    expect(ids.fingerprint('scheduler 🌙')).toBe(
      new RandomIdSource(new FakeClock(new Date(0))).fingerprint('scheduler 🌙'),
    );
    expect(ids.fingerprint('')).toBe('e3b0c442-98fc-8c14-9afb-f4c8996fb924');
    expect(ids.fingerprint('a')).not.toBe(ids.fingerprint('b'));
  });
});
