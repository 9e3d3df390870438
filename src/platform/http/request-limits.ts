import type { ApiKey } from '../../domain/api-keys/api-key';
import type { RateRule } from './rate-rule';
import { RecentAddresses } from './recent-addresses';
import { quotaPerMinute, RollingWindow } from './rolling-window';

/** Finds the window in which a request counts. */
type Counter = (key: ApiKey, ip: string, nowMs: number) => RollingWindow;

/** Counts requests with a right key: under the rule of their route, or under the one for all routes without. */
export class RequestLimits {
  /** One per rule; rules stand in the code and are few. */
  private readonly counters = new Map<RateRule, Counter>();

  windowOf(rule: RateRule, key: ApiKey, ip: string, nowMs: number): RollingWindow {
    let counter = this.counters.get(rule);
    if (counter === undefined) {
      counter = rule.per === 'key' ? countKeys(rule) : countAddresses(rule);
      this.counters.set(rule, counter);
    }
    return counter(key, ip, nowMs);
  }
}

function countKeys({ perMinute }: RateRule): Counter {
  const quota = quotaPerMinute(perMinute);
  const windows = new Map<ApiKey, RollingWindow>();
  return (key) => {
    let window = windows.get(key);
    if (window === undefined) windows.set(key, (window = new RollingWindow(quota)));
    return window;
  };
}

function countAddresses({ perMinute }: RateRule): Counter {
  const quota = quotaPerMinute(perMinute);
  const windows = new RecentAddresses(() => new RollingWindow(quota));
  return (_key, ip, nowMs) => windows.find(ip, nowMs);
}
