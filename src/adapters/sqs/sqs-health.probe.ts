import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Clock } from '../../domain/shared/clock';
import type { HealthProbe } from '../../platform/health/health-probe';
import type { SqsConnection } from './sqs.connection';

/** How long nothing need be asked after a call of whatever kind. */
const FRESH_FOR_MS = 60_000;

/** Whether SQS does what it is asked, as last seen by any call; when there was none for a while it asks in the background. */
export class SqsHealthProbe implements HealthProbe {
  readonly name = 'queue';
  private answer = 'pending';
  private seenAtMs: number | null = null;
  private asking: Promise<void> | null = null;

  constructor(
    private readonly connection: SqsConnection,
    private readonly clock: Clock,
  ) {
    connection.onOutcome = (fault) => {
      this.answer = fault ?? 'ok';
      this.seenAtMs = clock.monotonicMs();
    };
  }

  check(): string {
    if (this.asking === null && this.isOutdated()) this.asking = this.ask();
    return this.answer;
  }

  /** Resolves once no question is open. */
  async close(): Promise<void> {
    await this.asking;
  }

  private isOutdated(): boolean {
    return this.seenAtMs === null || this.clock.monotonicMs() - this.seenAtMs >= FRESH_FOR_MS;
  }

  private async ask(): Promise<void> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: this.connection.url,
      AttributeNames: ['FifoQueue'],
    });
    // What went wrong was told to onOutcome by then.
    await this.connection.call(command).catch(() => undefined);
    this.asking = null;
  }
}
