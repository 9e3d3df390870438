/** One promise, kept or broken. */
export interface Finding {
  readonly promise: string;
  readonly held: boolean;
  /** What was seen; the first cases when it is broken. */
  readonly seen: string;
}

const SHOWN = 5;

/** What a drill measured and what it found of the promises it is about. */
export class Findings {
  private readonly figures = new Map<string, string>();
  private readonly found: Finding[] = [];
  private reachedEnd = true;

  /** The last value under a name counts. */
  figure(name: string, value: string | number): void {
    this.figures.set(name, String(value));
  }

  /** @param held anything else than true is broken */
  expect(promise: string, held: boolean, seen: string): void {
    this.found.push({ promise, held, seen });
  }

  /** The promise is kept when there is no case against it. */
  expectNone(promise: string, cases: readonly string[]): void {
    const more = cases.length > SHOWN ? ` … and ${cases.length - SHOWN} more` : '';
    const seen = cases.length === 0 ? 'none' : `${cases.length}: ${cases.slice(0, SHOWN).join('; ')}${more}`;
    this.expect(promise, cases.length === 0, seen);
  }

  /** The drill did not come to its end: what it would have looked at then, nobody knows. */
  stopped(reason: string): void {
    this.reachedEnd = false;
    this.expect('the drill comes to its end', false, reason);
  }

  get isWhole(): boolean {
    return this.reachedEnd;
  }

  get broken(): readonly Finding[] {
    return this.found.filter(({ held }) => !held);
  }

  get count(): number {
    return this.found.length;
  }

  toText(): string {
    const width = Math.max(0, ...[...this.figures.keys()].map((name) => name.length));
    return [
      ...[...this.figures].map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
      ...this.found.map(({ promise, held, seen }) => `  ${held ? 'ok    ' : 'BROKEN'}  ${promise}: ${seen}`),
    ].join('\n');
  }
}
