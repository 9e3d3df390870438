import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { VesperProcess } from '../../processes/vesper-process';
import type { Point } from './trend';

const MIB = 1_024 * 1_024;

/** What is looked at, by its name among Vesper's metrics, and in which unit it is told. */
const METRICS = {
  rssMiB: { metric: 'process_resident_memory_bytes', scale: 1 / MIB },
  heapMiB: { metric: 'nodejs_heap_size_used_bytes', scale: 1 / MIB },
  lagP99Ms: { metric: 'nodejs_eventloop_lag_p99_seconds', scale: 1_000 },
  lagMaxMs: { metric: 'nodejs_eventloop_lag_max_seconds', scale: 1_000 },
  handles: { metric: 'nodejs_active_resources_total', scale: 1 },
  openFiles: { metric: 'process_open_fds', scale: 1 },
} as const;

export type Sampled = keyof typeof METRICS | 'folderMiB';

/** Takes a Vesper's own figures every now and then. */
export class Samples {
  private readonly startedAt = performance.now();
  private readonly taken = new Map<Sampled, Point[]>();

  constructor(
    private readonly vesper: VesperProcess,
    /** `null`: nothing of it is on this disk. */
    private readonly dataDir: string | null,
  ) {}

  async take(): Promise<void> {
    const text = await (await fetch(`${this.vesper.url}/api/v1/metrics`)).text();
    for (const [name, { metric, scale }] of Object.entries(METRICS)) {
      const value = new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1];
      if (value !== undefined) this.add(name as Sampled, Number(value) * scale);
    }
    if (this.dataDir !== null) this.add('folderMiB', sizeOf(this.dataDir) / MIB);
  }

  of(name: Sampled): readonly Point[] {
    return this.taken.get(name) ?? [];
  }

  private add(name: Sampled, value: number): void {
    const points = this.taken.get(name) ?? [];
    points.push([(performance.now() - this.startedAt) / 1_000, value]);
    this.taken.set(name, points);
  }
}

/** Files may come and go while it is being added up. */
function sizeOf(folder: string): number {
  const names = readdirSync(folder, { recursive: true }) as string[];
  return names
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}
