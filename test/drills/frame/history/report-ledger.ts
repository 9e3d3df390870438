/** A status update that was sent, and what became of it. */
export interface SentUpdate {
  readonly schedulerId: string;
  readonly status: string;
  readonly timestamp: string;
  readonly runId: string;
  readonly metadata: { readonly serial: number };
  readonly errorMessage: string | null;
}

interface Account {
  readonly updates: SentUpdate[];
  /** As Vesper's answers said, ISO-8601. */
  lastHeartbeat: string | null;
}

/** Everything that was acknowledged, by scheduler: what Vesper has promised not to lose. */
export class ReportLedger {
  private readonly accounts = new Map<string, Account>();
  /** Calls that were acknowledged after more than one attempt. */
  repeated = 0;
  heartbeats = 0;

  get schedulerIds(): string[] {
    return [...this.accounts.keys()];
  }

  get updateCount(): number {
    return [...this.accounts.values()].reduce((sum, { updates }) => sum + updates.length, 0);
  }

  /** Schedulers that reported a failure; each of them fails at most once. */
  get failed(): string[] {
    return [...this.accounts].filter(([, { updates }]) => updates.some(isFailure)).map(([id]) => id);
  }

  /** Whether its failure was followed by a run that went well. */
  isResolved(schedulerId: string): boolean {
    const { updates } = this.account(schedulerId);
    return updates.some(isFailure) && updates.at(-1)?.status === 'completed';
  }

  registered(schedulerId: string): void {
    this.account(schedulerId);
  }

  updated(update: SentUpdate): void {
    this.account(update.schedulerId).updates.push(update);
  }

  heardOf(schedulerId: string, at: string): void {
    const account = this.account(schedulerId);
    if (account.lastHeartbeat === null || account.lastHeartbeat < at) account.lastHeartbeat = at;
    this.heartbeats += 1;
  }

  updatesOf(schedulerId: string): readonly SentUpdate[] {
    return this.account(schedulerId).updates;
  }

  lastHeartbeatOf(schedulerId: string): string | null {
    return this.account(schedulerId).lastHeartbeat;
  }

  private account(schedulerId: string): Account {
    const account = this.accounts.get(schedulerId) ?? { updates: [], lastHeartbeat: null };
    this.accounts.set(schedulerId, account);
    return account;
  }
}

function isFailure({ status }: SentUpdate): boolean {
  return status === 'failed';
}
