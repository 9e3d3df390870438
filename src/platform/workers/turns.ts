/** Lets work of different keys go on side by side, and work of one key once at a time: asked for meanwhile, it has one more turn afterwards. */
export class Turns {
  private readonly running = new Map<string, Promise<void>>();
  private readonly askedAgain = new Map<string, () => Promise<void>>();
  private readonly stopping = new AbortController();

  /** Aborted when no new work is to begin. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** Begins the work, or notes that it is wanted again. @param work never rejects */
  kick(key: string, work: () => Promise<void>): void {
    if (this.stopping.signal.aborted) return;
    if (this.running.has(key)) {
      this.askedAgain.set(key, work);
      return;
    }
    const turn = work().finally(() => {
      this.running.delete(key);
      const again = this.askedAgain.get(key);
      this.askedAgain.delete(key);
      if (again !== undefined) this.kick(key, again);
    });
    this.running.set(key, turn);
  }

  /** Resolves when nothing is being worked on. */
  async whenIdle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  /** Lets what is under way finish, and begins nothing new. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('shutting down'));
    await this.whenIdle();
  }
}
