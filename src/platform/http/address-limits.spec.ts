import type { ApiKey } from '../../domain/api-keys/api-key';
import { AddressLimits } from './address-limits';

const QUOTA = { limit: 2, windowMs: 60_000 };
const key = (name: string): ApiKey => ({ name, hash: new Uint8Array(32), scopes: [] });

function failTwice(limits: AddressLimits, ip: string, nowMs = 0): void {
  expect([limits.judge(ip, null, nowMs), limits.judge(ip, null, nowMs)]).toEqual([0, 0]);
}

it('refuses an address from its limit on until a minute after its first failure', () => {
  const limits = new AddressLimits(QUOTA);
  limits.judge('10.0.0.1', null, 0);
  limits.judge('10.0.0.1', null, 30_000);
  expect(limits.judge('10.0.0.1', null, 30_001)).toBe(30);
  expect(limits.judge('10.0.0.1', null, 59_999)).toBe(1);
  failTwice(limits, '10.0.0.1', 60_000);
  expect(limits.judge('10.0.0.2', null, 30_001)).toBe(0);
});

it('answers a guesser alike whether the key is right or wrong', () => {
  const limits = new AddressLimits(QUOTA);
  failTwice(limits, '10.0.0.1');
  expect(limits.judge('10.0.0.1', key('a'), 10)).toBe(limits.judge('10.0.0.1', null, 10));
});

it('keeps letting in a key that came from there within the last hour', () => {
  const limits = new AddressLimits(QUOTA);
  const [lately, longAgo] = [key('a'), key('b')];
  limits.judge('10.0.0.1', longAgo, 0);
  limits.judge('10.0.0.1', lately, 2_000_000);
  failTwice(limits, '10.0.0.1', 3_600_000);
  expect(limits.judge('10.0.0.1', lately, 3_600_001)).toBe(0);
  expect(limits.judge('10.0.0.1', longAgo, 3_600_001)).toBe(60);
});

it('counts all of an IPv6 /64 as one, and an IPv4 address in IPv6 spelling as itself', () => {
  const limits = new AddressLimits(QUOTA);
  limits.judge('2001:db8:1:2::1', null, 0);
  limits.judge('2001:db8:1:2:ffff::9', null, 0);
  expect(limits.judge('2001:db8:1:2::3', null, 0)).toBe(60);
  expect(limits.judge('2001:db8:1:3::1', null, 0)).toBe(0);
  failTwice(limits, '::ffff:10.0.0.1');
  expect(limits.judge('10.0.0.1', null, 0)).toBe(60);
});

it('forgets the addresses that were quiet for longest, and no others', () => {
  const limits = new AddressLimits(QUOTA);
  failTwice(limits, 'quiet');
  failTwice(limits, 'busy');
  for (let n = 0; n < 9_999; n++) {
    limits.judge(`10.1.${n >> 8}.${n & 255}`, null, 1_000);
    if (n % 1_000 === 0) expect(limits.judge('busy', null, 1_000 + n)).toBeGreaterThan(0);
  }
  expect(limits.judge('busy', null, 20_000)).toBeGreaterThan(0);
  expect(limits.judge('quiet', null, 20_000)).toBe(0);
});

it('takes whatever a proxy passes on as an address', () => {
  const limits = new AddressLimits(QUOTA);
  limits.judge('x'.repeat(10_000), null, 0);
  limits.judge('y'.repeat(10_000), null, 0);
  expect(limits.judge('z'.repeat(10_000), null, 0)).toBe(60);
});
