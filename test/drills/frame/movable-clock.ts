import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PRELOAD = join(__dirname, 'preload/movable-clock.cjs');
/** Until every process has looked at the file again. */
export const SEEN_AFTER_MS = 50;

/** The wall clock of some processes, which a drill can set while they run. */
export class MovableClock {
  private movedMs = 0;
  private readonly file: string;

  constructor(folder: string, name = 'clock') {
    this.file = join(folder, name);
    this.write();
  }

  /** What a Vesper is started with, so that it lives by this clock. */
  readonly nodeArgs: readonly string[] = ['--require', PRELOAD];

  get env(): Readonly<Record<string, string>> {
    return { DRILL_CLOCK_FILE: this.file };
  }

  now(): number {
    return Date.now() + this.movedMs;
  }

  /** From now on it is this instant, and time goes on from there. */
  set(instant: Date): void {
    this.movedMs = instant.getTime() - Date.now();
    this.write();
  }

  /** @param byMs back when negative */
  step(byMs: number): void {
    this.movedMs += byMs;
    this.write();
  }

  /** In one step, so that nobody reads half a number. */
  private write(): void {
    writeFileSync(`${this.file}.new`, String(this.movedMs));
    renameSync(`${this.file}.new`, this.file);
  }
}
