/** 64 steps to each doubling: no value is off by more than 1.6 %. */
const STEPS = 64;
const STEP_BITS = 6;

/** Counts latencies in microseconds in buckets that grow with the value, so that counting costs nothing. */
export class LatencyHistogram {
  private readonly buckets = new Float64Array(STEPS * 32);
  private counted = 0;
  private largest = 0;

  get count(): number {
    return this.counted;
  }

  record(us: number): void {
    const value = us < 0 ? 0 : Math.round(us);
    this.buckets[bucketOf(value)]! += 1;
    this.counted += 1;
    if (value > this.largest) this.largest = value;
  }

  /** The value below or at which a share of all lies, in milliseconds. @param share 0 to 1 */
  percentileMs(share: number): number {
    const wanted = Math.ceil(this.counted * share);
    let seen = 0;
    for (let bucket = 0; bucket < this.buckets.length; bucket++) {
      seen += this.buckets[bucket]!;
      if (seen >= wanted && seen > 0) return Math.min(upperEdge(bucket), this.largest) / 1_000;
    }
    return 0;
  }

  get maxMs(): number {
    return this.largest / 1_000;
  }
}

function bucketOf(value: number): number {
  if (value < STEPS) return value;
  const doublings = 31 - Math.clz32(value) - STEP_BITS;
  return STEPS * (doublings + 1) + ((value >>> doublings) - STEPS);
}

function upperEdge(bucket: number): number {
  if (bucket < STEPS) return bucket;
  const doublings = Math.floor(bucket / STEPS) - 1;
  return ((STEPS + (bucket % STEPS) + 1) << doublings) - 1;
}
