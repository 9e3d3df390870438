import { normalizeIp } from '@nestjs/throttler';

/** Beyond this many addresses the one that was quiet for longest is forgotten: a flood from many costs about 10 MB, for each thing that is counted. */
const MOST_ADDRESSES = 10_000;
/** An address is noted again only after this long: it saves work on every request. */
const NOTE_EVERY_MS = 1_000;
/** An IPv6 address that ends in an IPv4 one. */
const LONGEST_ADDRESS = 45;

interface Entry<T> {
  readonly value: T;
  notedMs: number;
}

/** Something for each client address that was heard of lately. */
export class RecentAddresses<T> {
  private readonly entries = new Map<string, Entry<T>>();

  constructor(private readonly create: () => T) {}

  find(ip: string, nowMs: number): T {
    const name = toName(ip);
    const found = this.entries.get(name);
    if (found !== undefined && nowMs - found.notedMs < NOTE_EVERY_MS) return found.value;
    const entry = found ?? { value: this.create(), notedMs: nowMs };
    entry.notedMs = nowMs;
    // A Map lists in the order of insertion: put in again, the address is the last to be forgotten.
    this.entries.delete(name);
    this.entries.set(name, entry);
    if (this.entries.size > MOST_ADDRESSES) this.forgetQuietest();
    return entry.value;
  }

  private forgetQuietest(): void {
    for (const name of this.entries.keys()) {
      this.entries.delete(name);
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
