import type { SendOutcome } from '../../../domain/notifications/channel';
import type {
  AlertMessage,
  AttemptOutcome,
  Delivery,
  DeliveryAttempt,
} from '../../../domain/notifications/delivery';
import type { DeliveryRepository } from '../../../domain/notifications/delivery.repository';
import { retryDelayMs } from '../../../domain/notifications/retry-plan';
import { withOpening, type StormRule } from '../../../domain/notifications/storm';
import type { Clock } from '../../../domain/shared/clock';
import type { DeliveryObserver } from '../delivery-observer';

/** An attempt that was made, and in what situation. */
export interface Attempt {
  /** With the attempt counted. */
  readonly delivery: Delivery;
  readonly outcome: SendOutcome;
  readonly startedAt: Date;
  readonly latencyMs: number;
  /** The message that stood for the alert before. */
  readonly message: AlertMessage | null;
  /** The message was edited, not posted. */
  readonly edited: boolean;
  /** It counts towards the next storm. */
  readonly opensInChannel: boolean;
}

/** Writes the delivery log, and what follows from an outcome: the next attempt, the alert's message, the channel's traffic. */
export class RecordStage {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly rule: StormRule,
    private readonly clock: Clock,
    private readonly observer: DeliveryObserver,
    private readonly random: () => number,
  ) {}

  /** Ends a delivery without an attempt. */
  async settle(
    delivery: Delivery,
    outcome: 'skipped' | 'suppressed' | 'failed',
    reason: string,
  ): Promise<void> {
    const attempt = this.logLine({ ...delivery, attempts: 0 }, outcome, { reason });
    await this.deliveries.recordAttempt({
      delivery: { ...delivery, status: outcome },
      attempt,
      message: null,
      traffic: null,
    });
    this.observer.attempted(delivery.channelId, outcome);
    if (outcome === 'failed')
      this.observer.gaveUp(delivery.channelId, delivery.alert.id, delivery.alert.correlationId);
  }

  /** The storm's message, in whose thread the delivery belongs, could not be sent: an attempt at the delivery, too. */
  async recordUnplaced(delivery: Delivery, outcome: SendOutcome): Promise<void> {
    const attempted = { ...delivery, attempts: delivery.attempts + 1 };
    const startedAt = this.clock.now();
    await this.record({
      delivery: attempted,
      outcome,
      startedAt,
      latencyMs: 0,
      message: null,
      edited: false,
      opensInChannel: false,
    });
  }

  async record(attempt: Attempt): Promise<void> {
    const { delivery, outcome } = attempt;
    if (outcome.kind === 'sent') await this.recordSent(attempt, outcome);
    else if (outcome.kind === 'retry') await this.recordRetry(attempt, outcome);
    else await this.recordRefused(attempt, outcome);
    this.observer.attempted(delivery.channelId, logOutcome(outcome));
  }

  private async recordSent(attempt: Attempt, outcome: Extract<SendOutcome, { kind: 'sent' }>): Promise<void> {
    const { delivery, message, edited } = attempt;
    const now = this.clock.now();
    const reference = outcome.reference ?? message?.reference ?? null;
    const traffic = attempt.opensInChannel
      ? withOpening(await this.deliveries.findTraffic(delivery.channelId), this.rule, now)
      : null;
    await this.deliveries.recordAttempt({
      delivery: { ...delivery, status: 'sent', outcomeUnknown: false },
      attempt: this.logLine(delivery, 'sent', {
        httpStatus: outcome.httpStatus,
        latencyMs: attempt.latencyMs,
        at: attempt.startedAt,
      }),
      message: reference === null ? null : toMessage(delivery, reference, edited ? message : null, now),
      traffic,
    });
  }

  private async recordRetry(
    attempt: Attempt,
    outcome: Extract<SendOutcome, { kind: 'retry' }>,
  ): Promise<void> {
    const { delivery } = attempt;
    const delayMs =
      outcome.reason === 'aborted' ? 0 : retryDelayMs(delivery.attempts, this.random(), outcome.afterMs);
    const nextAttemptAt = new Date(this.clock.now().getTime() + delayMs);
    await this.deliveries.recordAttempt({
      delivery: {
        ...delivery,
        status: 'retrying',
        nextAttemptAt,
        outcomeUnknown: delivery.outcomeUnknown || outcome.outcomeUnknown,
      },
      attempt: this.logLine(delivery, 'retrying', {
        ...explained(outcome),
        latencyMs: attempt.latencyMs,
        at: attempt.startedAt,
        nextAttemptAt,
      }),
      message: null,
      traffic: null,
    });
  }

  private async recordRefused(
    attempt: Attempt,
    outcome: Extract<SendOutcome, { kind: 'refused' }>,
  ): Promise<void> {
    const { delivery } = attempt;
    const { id, correlationId } = delivery.alert;
    this.observer.refused(delivery.channelId, id, outcome.error, correlationId);
    await this.deliveries.recordAttempt({
      delivery: { ...delivery, status: 'failed' },
      attempt: this.logLine(delivery, 'failed', {
        ...explained(outcome),
        latencyMs: attempt.latencyMs,
        at: attempt.startedAt,
      }),
      message: null,
      traffic: null,
    });
  }

  private logLine(
    delivery: Delivery,
    outcome: AttemptOutcome,
    more: Partial<DeliveryAttempt>,
  ): DeliveryAttempt {
    return {
      id: `${delivery.id}:${delivery.attempts}`,
      deliveryId: delivery.id,
      alertId: delivery.alert.id,
      dedupKey: delivery.alert.dedupKey,
      channelId: delivery.channelId,
      event: delivery.event,
      attempt: delivery.attempts,
      at: this.clock.now(),
      outcome,
      httpStatus: null,
      reason: null,
      latencyMs: null,
      nextAttemptAt: null,
      correlationId: delivery.alert.correlationId,
      ...more,
    };
  }
}

function explained(outcome: Exclude<SendOutcome, { kind: 'sent' }>) {
  return { httpStatus: outcome.httpStatus, reason: `${outcome.reason}: ${outcome.error}` };
}

function logOutcome(outcome: SendOutcome): AttemptOutcome {
  if (outcome.kind === 'sent') return 'sent';
  return outcome.kind === 'retry' ? 'retrying' : 'failed';
}

function toMessage(
  delivery: Delivery,
  reference: string,
  before: AlertMessage | null,
  now: Date,
): AlertMessage {
  const { alert, channelId } = delivery;
  if (before === null) return { alertId: alert.id, channelId, reference, postedAt: now, editedAt: null };
  return { ...before, reference, editedAt: now };
}
