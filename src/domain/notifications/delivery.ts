import type { Alert } from '../alerts/alert';
import type { AlertEvent } from '../alerts/alert-event';

/**
 * `pending`: waits for its turn. `sending`: an attempt has begun; found in this state by anyone else, its outcome is unknown.
 * `retrying`: failed for a passing reason. The rest is final.
 */
export type DeliveryStatus =
  'pending' | 'sending' | 'retrying' | 'sent' | 'failed' | 'skipped' | 'suppressed';

/** One outbox entry on its way to one channel. */
export interface Delivery {
  /** `<outbox id>:<channel id>`; also the idempotency key towards the channel. */
  readonly id: string;
  readonly channelId: string;
  readonly event: AlertEvent;
  readonly alert: Alert;
  readonly createdAt: Date;
  readonly status: DeliveryStatus;
  /** Attempts begun. */
  readonly attempts: number;
  readonly nextAttemptAt: Date;
  /** Whether an earlier attempt may have reached the channel although nobody saw its answer. */
  readonly outcomeUnknown: boolean;
  readonly version: number;
}

export type AttemptOutcome = 'sent' | 'retrying' | 'failed' | 'skipped' | 'suppressed';

/** One line of the delivery log. */
export interface DeliveryAttempt {
  /** `<delivery id>:<attempt>` */
  readonly id: string;
  readonly deliveryId: string;
  readonly alertId: string;
  readonly dedupKey: string;
  readonly channelId: string;
  readonly event: AlertEvent;
  /** 1 for the first try; 0 for a delivery that was settled without one. */
  readonly attempt: number;
  readonly at: Date;
  readonly outcome: AttemptOutcome;
  /** Status of the channel's HTTP answer, when there was one. */
  readonly httpStatus: number | null;
  /** Why it was not sent, or into what it was folded. */
  readonly reason: string | null;
  readonly latencyMs: number | null;
  readonly nextAttemptAt: Date | null;
  readonly correlationId: string;
}

/** Where a channel put a message; opaque to everyone but the channel (for Slack: channel, ts, thread ts). */
export type MessageReference = string;

/** The message that stands for an alert in a channel: later events edit it. */
export interface AlertMessage {
  readonly alertId: string;
  readonly channelId: string;
  readonly reference: MessageReference;
  readonly postedAt: Date;
  readonly editedAt: Date | null;
}
