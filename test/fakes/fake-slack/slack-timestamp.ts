const LOOSE_TIMESTAMP = /^(\d{1,10})(?:\.(\d{1,6}))?$/;

/** Microseconds of a message's `ts`, or of the shorter spellings `oldest` and `latest` allow; `null` if it is neither. */
export function toMicroseconds(text: string): bigint | null {
  const match = LOOSE_TIMESTAMP.exec(text);
  if (!match?.[1]) return null;
  return BigInt(match[1]) * 1_000_000n + BigInt((match[2] ?? '').padEnd(6, '0'));
}

/**
 * Hands out the timestamps of one channel: the clock's time where possible, one microsecond after the last one where
 * the clock stands still or steps back.
 */
export class TimestampSource {
  private last = 0n;

  next(nowMs: number): string {
    const byClock = BigInt(Math.trunc(nowMs)) * 1000n;
    this.last = byClock > this.last ? byClock : this.last + 1n;
    const digits = this.last.toString().padStart(16, '0');
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }
}
