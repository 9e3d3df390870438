import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../domain/shared/clock';
import type { IdSource } from '../../domain/shared/id-source';

/** UUIDs of RFC 9562. */
export class RandomIdSource implements IdSource {
  private lastMs = 0;
  private counter = 0;

  constructor(private readonly clock: Clock) {}

  /** Version 7 with the 12-bit counter of the RFC's method 1, so that ids of one process sort as they were made, also when the clock steps back. */
  next(): string {
    const bytes = randomBytes(16);
    this.tick();
    bytes.writeUIntBE(this.lastMs, 0, 6);
    bytes.writeUInt16BE(0x7000 | this.counter, 6);
    return toUuid(bytes);
  }

  fingerprint(text: string): string {
    const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
    return toUuid(bytes);
  }

  private tick(): void {
    const nowMs = this.clock.now().getTime();
    if (nowMs > this.lastMs) {
      this.lastMs = nowMs;
      this.counter = 0;
    } else if (++this.counter > 0xfff) {
      this.lastMs++;
      this.counter = 0;
    }
  }
}

function toUuid(bytes: Buffer): string {
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
