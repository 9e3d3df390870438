import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { VesperProcess } from '../../processes/vesper-process';
import { waitUntil } from '../../processes/waiting';

const PRELOAD = join(__dirname, 'preload/settled-memory.cjs');
const WITHIN_MS = 20_000;
const MIB = 1_024 * 1_024;

export interface Memory {
  readonly rssMiB: number;
  /** Heap and buffers that are still in use. */
  readonly usedMiB: number;
}

/** What a Vesper's memory comes down to once all garbage is collected. */
export class SettledMemory {
  readonly nodeArgs: readonly string[] = ['--expose-gc', '--require', PRELOAD];
  private readonly file: string;

  constructor(folder: string) {
    this.file = join(folder, 'memory.json');
  }

  get env(): Readonly<Record<string, string>> {
    return { DRILL_MEMORY_FILE: this.file };
  }

  /** @throws Error when it does not say so in time */
  async of(vesper: VesperProcess): Promise<Memory> {
    rmSync(this.file, { force: true });
    vesper.signal('SIGUSR2');
    if (!(await waitUntil(() => existsSync(this.file), WITHIN_MS))) throw new Error('no word of the memory');
    const { rss, heapUsed, external } = JSON.parse(readFileSync(this.file, 'utf8')) as NodeJS.MemoryUsage;
    return { rssMiB: rss / MIB, usedMiB: (heapUsed + external) / MIB };
  }
}
