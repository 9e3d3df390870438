import type { Clock } from '../../domain/shared/clock';
import type { HealthProbe } from '../../platform/health/health-probe';
import type { SlackClient } from './slack.client';

/** How long an answer counts (spec 70, "Health"). */
const FRESH_FOR_MS = 60_000;

/** Whether Slack takes our token. Asks in the background: whoever wants to know is told what was last seen. */
export class SlackHealthProbe implements HealthProbe {
  readonly name = 'slack_api';
  private answer: string;
  private askedAtMs: number | null = null;
  private asking: Promise<void> | null = null;
  private readonly closing = new AbortController();

  /** @param slack `null`: not configured */
  constructor(
    private readonly slack: SlackClient | null,
    private readonly clock: Clock,
  ) {
    this.answer = slack === null ? 'disabled' : 'pending';
  }

  /** `ok`, `disabled`, `pending`, or what Slack or the network said. To be called once at the start, for the first answer to be there. */
  check(): string {
    if (this.slack !== null && this.asking === null && this.isOutdated()) this.asking = this.ask(this.slack);
    return this.answer;
  }

  /** Resolves once no question is open; for the end of the process, and of tests. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.asking;
  }

  private isOutdated(): boolean {
    return this.askedAtMs === null || this.clock.monotonicMs() - this.askedAtMs >= FRESH_FOR_MS;
  }

  private async ask(slack: SlackClient): Promise<void> {
    this.askedAtMs = this.clock.monotonicMs();
    const answer = await slack.call('auth.test', {}, this.closing.signal);
    this.asking = null;
    if (answer.ok) this.answer = 'ok';
    else if (!this.closing.signal.aborted) this.answer = answer.fault.outcome.error;
  }
}
