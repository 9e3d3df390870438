/** Latencies by what was going on when the answer came. */
export class Latencies {
  private readonly byPhase = new Map<string, number[]>();
  /** Before the first phase is named, nothing counts. */
  private current: number[] | null = null;

  phase(name: string): void {
    this.current = this.byPhase.get(name) ?? [];
    this.byPhase.set(name, this.current);
  }

  add(ms: number): void {
    this.current?.push(ms);
  }

  count(phase: string): number {
    return this.byPhase.get(phase)?.length ?? 0;
  }

  /** NaN when nothing was counted. @param share 0 to 1 */
  percentile(phase: string, share: number): number {
    const sorted = (this.byPhase.get(phase) ?? []).toSorted((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
  }
}
