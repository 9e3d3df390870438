import type { ApiKey } from '../../domain/api-keys/api-key';
import type { RateRule } from './rate-rule';
import { RequestLimits } from './request-limits';

const key = (name: string): ApiKey => ({ name, hash: new Uint8Array(32), scopes: [] });
const [A, B] = [key('a'), key('b')];

function accepts(limits: RequestLimits, rule: RateRule, caller: ApiKey, ip: string, nowMs = 0): boolean {
  return limits.windowOf(rule, caller, ip, nowMs).tryAccept(nowMs);
}

it('counts requests per key, from wherever they come', () => {
  const limits = new RequestLimits();
  const rule: RateRule = { per: 'key', perMinute: 2 };
  expect([
    accepts(limits, rule, A, '10.0.0.1'),
    accepts(limits, rule, A, '10.0.0.2'),
    accepts(limits, rule, A, '10.0.0.3'),
    accepts(limits, rule, B, '10.0.0.1'),
  ]).toEqual([true, true, false, true]);
  expect(accepts(limits, rule, A, '10.0.0.1', 60_000)).toBe(true);
});

it('counts requests per address, with whatever key they come; an IPv6 /64 is one', () => {
  const limits = new RequestLimits();
  const rule: RateRule = { per: 'address', perMinute: 2 };
  expect([
    accepts(limits, rule, A, '2001:db8::1'),
    accepts(limits, rule, B, '2001:db8::2'),
    accepts(limits, rule, A, '2001:db8::3'),
    accepts(limits, rule, A, '2001:db8:0:1::1'),
  ]).toEqual([true, true, false, true]);
});

it('keeps the counts of two rules apart, though they say the same', () => {
  const limits = new RequestLimits();
  const rule: RateRule = { per: 'key', perMinute: 1 };
  const another: RateRule = { ...rule };
  expect([
    accepts(limits, rule, A, 'x'),
    accepts(limits, another, A, 'x'),
    accepts(limits, rule, A, 'x'),
  ]).toEqual([true, true, false]);
});

it('remembers ten thousand addresses, and forgets the one that was quiet for longest', () => {
  const limits = new RequestLimits();
  const rule: RateRule = { per: 'address', perMinute: 1 };
  accepts(limits, rule, A, 'quiet');
  for (let n = 0; n < 9_999; n++) accepts(limits, rule, A, `10.1.${n >> 8}.${n & 255}`, 1);
  expect(accepts(limits, rule, A, 'quiet', 2)).toBe(false);
  accepts(limits, rule, A, '10.9.9.9', 3);
  expect(accepts(limits, rule, A, 'quiet', 4)).toBe(true);
});
