import type { ApiKey } from '../../domain/api-keys/api-key';
import { RecentAddresses } from './recent-addresses';
import type { Quota } from './rolling-window';

/** How long an address may use a key that it has used before although others guess keys from there. */
const TRUST_MS = 60 * 60_000;
/** A key is noted again only after this long: it saves work on every request. */
const NOTE_EVERY_MS = 1_000;

interface Address {
  /** When the first failure of the current window came, and how many there were. */
  windowStartMs: number;
  failures: number;
  /** When each key last came in from here. */
  readonly known: Map<ApiKey, number>;
}

/**
 * Slows the guessing of keys: after as many failures as the quota allows an address is refused, right keys included, until the window
 * that began with the first failure is over. Only keys that have come in from there lately stay welcome, so that one client with a wrong key
 * behind a shared address does not lock out the others, and a guesser cannot tell a right key from a wrong one.
 */
export class AddressLimits {
  private readonly addresses = new RecentAddresses<Address>(() => ({
    windowStartMs: -Infinity,
    failures: 0,
    known: new Map(),
  }));

  constructor(private readonly quota: Quota) {}

  /**
   * Judges one request.
   * @param key the key that was recognised, `null` when none was
   * @returns seconds to wait, 0 when the address is not refused
   */
  judge(ip: string, key: ApiKey | null, nowMs: number): number {
    const address = this.addresses.find(ip, nowMs);
    const waitMs = this.waitMs(address, nowMs);
    if (waitMs > 0 && !isKnown(address, key, nowMs)) return Math.ceil(waitMs / 1_000);
    if (key === null) this.countFailure(address, nowMs);
    else if (nowMs - (address.known.get(key) ?? -Infinity) >= NOTE_EVERY_MS) address.known.set(key, nowMs);
    return 0;
  }

  private waitMs(address: Address, nowMs: number): number {
    if (address.failures < this.quota.limit) return 0;
    return address.windowStartMs + this.quota.windowMs - nowMs;
  }

  private countFailure(address: Address, nowMs: number): void {
    if (nowMs - address.windowStartMs >= this.quota.windowMs) {
      address.windowStartMs = nowMs;
      address.failures = 0;
    }
    address.failures++;
  }
}

function isKnown(address: Address, key: ApiKey | null, nowMs: number): boolean {
  return key !== null && nowMs - (address.known.get(key) ?? -Infinity) < TRUST_MS;
}
