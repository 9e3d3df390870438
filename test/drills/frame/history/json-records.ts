import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VesperProcess } from '../../../processes/vesper-process';
import type { StoredAttempt, StoredRecords } from './stored-records';

interface Operation {
  readonly t?: string;
  readonly k?: string;
  readonly v?: unknown;
  readonly a?: string;
}

/** Tables of what is on its way to a channel. */
const UNFINISHED_TABLES: readonly string[] = ['outbox', 'deliveries'];

/** The folder of the JSON storage, read as text: snapshot, journals and daily files. */
export class JsonRecords implements StoredRecords {
  constructor(private readonly dataDir: string) {}

  /** What is in a journal may have been filed already; whatever leaves the journal was filed before. */
  async attempts(): Promise<readonly StoredAttempt[]> {
    const found = new Map<string, StoredAttempt>();
    for (const { a, v } of this.journalled()) if (a === 'deliveries') keep(found, v as StoredAttempt);
    for (const path of this.filesOf('deliveries'))
      for (const line of linesOf(path)) keep(found, JSON.parse(line) as StoredAttempt);
    return [...found.values()];
  }

  async unfinished(): Promise<readonly string[]> {
    const left = new Set<string>();
    for (const { t, k, v } of [...this.snapshot(), ...this.journalled()]) {
      if (t === undefined || !UNFINISHED_TABLES.includes(t)) continue;
      if (v === undefined) left.delete(`${t} ${k}`);
      else left.add(`${t} ${k}`);
    }
    return [...left];
  }

  loseUpdate(instances: readonly VesperProcess[]): Promise<void> {
    return this.loseLine('history', instances);
  }

  loseAttempt(instances: readonly VesperProcess[]): Promise<void> {
    return this.loseLine('deliveries', instances);
  }

  /** A stopped Vesper has filed everything. */
  private async loseLine(archive: string, instances: readonly VesperProcess[]): Promise<void> {
    for (const vesper of instances) await vesper.stop();
    const [path] = this.filesOf(archive);
    if (path === undefined) throw new Error(`there is nothing in ${archive} to lose`);
    writeFileSync(path, `${linesOf(path).slice(0, -1).join('\n')}\n`);
    for (const vesper of instances) await vesper.start();
  }

  private snapshot(): readonly Operation[] {
    return linesOf(join(this.dataDir, 'state.json')).map((line) => JSON.parse(line) as Operation);
  }

  private journalled(): readonly Operation[] {
    const segments = readdirSync(this.dataDir).filter((name) => /^journal-\d+\.jsonl$/.test(name));
    const inOrder = segments.sort((a, b) => firstOf(a) - firstOf(b));
    return [...inOrder, 'journal.jsonl'].flatMap((name) =>
      linesOf(join(this.dataDir, name)).flatMap(
        (line) => (JSON.parse(line) as { ops: readonly Operation[] }).ops,
      ),
    );
  }

  private filesOf(archive: string): readonly string[] {
    const folder = join(this.dataDir, archive);
    if (!existsSync(folder)) return [];
    const names = readdirSync(folder, { recursive: true }) as string[];
    return names.filter((name) => name.endsWith('.jsonl')).map((name) => join(folder, name));
  }
}

function firstOf(segment: string): number {
  return Number(/\d+/.exec(segment)?.[0]);
}

function keep(found: Map<string, StoredAttempt>, attempt: StoredAttempt): void {
  found.set(attempt.id, attempt);
}

/** Whole lines only: the last one may be on its way. */
function linesOf(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '');
}
