import type { Alert } from '../alerts/alert';
import type { AlertEvent } from '../alerts/alert-event';

/**
 * `pending`: waits for its turn. `sending`: an attempt has begun; found in this state by anyone else, its outcome is unknown.
 * `retrying`: failed for a passing reason. The rest is final.
 */
export type DeliveryStatus =
  'pending' | 'sending' | 'retrying' | 'sent' | 'failed' | 'skipped' | 'suppressed';

/** Where in its channel a message goes: into the channel itself, or into the thread of a storm. */
export interface Placement {
  readonly thread: MessageReference | null;
  /** Whether the storm's message has addressed the owner already. */
  readonly ownerAddressed: boolean;
}

export const IN_CHANNEL: Placement = { thread: null, ownerAddressed: false };

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
  /** Where the last attempt was to put it. Absent before the first; until it was kept, an attempt without it counts as {@link IN_CHANNEL}. */
  readonly placement?: Placement;
  readonly version: number;
}

/** Whether an attempt may have reached the channel: nobody saw its answer, or it was cut short. */
export function mayHaveArrived({ status, outcomeUnknown }: Delivery): boolean {
  return outcomeUnknown || status === 'sending';
}

/**
 * Where a delivery has to go again because it may stand there already: a channel finds it only where it is to go. What goes on around it meanwhile
 * (storms begin, and replace each other) must not place it elsewhere.
 * @returns `null` when it certainly stands nowhere
 */
export function placementInDoubt(delivery: Delivery): Placement | null {
  return mayHaveArrived(delivery) ? (delivery.placement ?? IN_CHANNEL) : null;
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
