/** One change within a commit. */
export interface Write {
  /** What the journal says of it: JSON text of a {@link JournalOp}. */
  readonly op: string;
  /** Puts it on top of what is durable, where later commits see it and readers do not. */
  stage(commit: Commit): void;
  /** It is durable: readers see it. */
  apply(commit: Commit): void;
  /** It will never be durable, and neither will what was staged after it. */
  drop(): void;
}

/** Writes that become durable together or not at all. */
export class Commit<T = unknown> {
  /** Settles when all is durable (with the result that the caller is to get), or when it is known that nothing will be. */
  readonly outcome: Promise<T>;
  private resolve!: () => void;
  private reject!: (error: Error) => void;

  constructor(
    readonly seq: number,
    readonly writes: readonly Write[],
    result: T,
  ) {
    this.outcome = new Promise<T>((resolve, reject) => {
      this.resolve = () => resolve(result);
      this.reject = reject;
    });
  }

  succeed(): void {
    for (const write of this.writes) write.apply(this);
    this.resolve();
  }

  /** Takes back what it staged. Its caller hears of it by {@link fail}. */
  drop(): void {
    for (const write of this.writes) write.drop();
  }

  fail(error: Error): void {
    this.reject(error);
  }

  /** Resolves when it is settled, either way. */
  async settled(): Promise<void> {
    await this.outcome.catch(() => undefined);
  }
}
