import { normalizeIp } from '@nestjs/throttler';
import type { ApiKey } from '../../domain/api-keys/api-key';
import type { Quota } from './rolling-window';

/** Beyond this many addresses the one that was quiet for longest is forgotten: a flood from many costs about 5 MB. */
const MOST_ADDRESSES = 10_000;
/** How long an address may use a key that it has used before although others guess keys from there. */
const TRUST_MS = 60 * 60_000;
/** An address and a key are noted again only after this long: it saves work on every request. */
const NOTE_EVERY_MS = 1_000;

/** An IPv6 address that ends in an IPv4 one. */
const LONGEST_ADDRESS = 45;

interface Address {
  /** When the first failure of the current window came, and how many there were. */
  windowStartMs: number;
  failures: number;
  notedMs: number;
  /** When each key last came in from here. */
  readonly known: Map<ApiKey, number>;
}

/**
 * Slows the guessing of keys: after as many failures as the quota allows an address is refused, right keys included, until the window
 * that began with the first failure is over. Only keys that have come in from there lately stay welcome, so that one client with a wrong key
 * behind a shared address does not lock out the others, and a guesser cannot tell a right key from a wrong one.
 */
export class AddressLimits {
  private readonly addresses = new Map<string, Address>();

  constructor(private readonly quota: Quota) {}

  /**
   * Judges one request.
   * @param key the key that was recognised, `null` when none was
   * @returns seconds to wait, 0 when the address is not refused
   */
  judge(ip: string, key: ApiKey | null, nowMs: number): number {
    const address = this.find(ip, nowMs);
    const waitMs = this.waitMs(address, nowMs);
    if (waitMs > 0 && !isKnown(address, key, nowMs)) return Math.ceil(waitMs / 1_000);
    if (key === null) this.countFailure(address, nowMs);
    else if (nowMs - (address.known.get(key) ?? -Infinity) >= NOTE_EVERY_MS) address.known.set(key, nowMs);
    return 0;
  }

  private find(ip: string, nowMs: number): Address {
    const name = toName(ip);
    const found = this.addresses.get(name);
    if (found !== undefined && nowMs - found.notedMs < NOTE_EVERY_MS) return found;
    const address = found ?? { windowStartMs: -Infinity, failures: 0, notedMs: nowMs, known: new Map() };
    address.notedMs = nowMs;
    // A Map lists in the order of insertion: put in again, the address is the last to be forgotten.
    this.addresses.delete(name);
    this.addresses.set(name, address);
    if (this.addresses.size > MOST_ADDRESSES) this.forgetQuietest();
    return address;
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

  private forgetQuietest(): void {
    for (const name of this.addresses.keys()) {
      this.addresses.delete(name);
      return;
    }
  }
}

/** An IPv4 address is its own name; an IPv6 one counts as its /64, which one client has to itself. */
function toName(ip: string): string {
  // A proxy may pass on anything as an address.
  if (ip.length > LONGEST_ADDRESS) return 'unreadable';
  return ip.includes(':') ? normalizeIp(ip) : ip;
}

function isKnown(address: Address, key: ApiKey | null, nowMs: number): boolean {
  return key !== null && nowMs - (address.known.get(key) ?? -Infinity) < TRUST_MS;
}
