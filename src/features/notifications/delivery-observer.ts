import type { AttemptOutcome } from '../../domain/notifications/delivery';

/** What the pipeline tells metrics and log. */
export interface DeliveryObserver {
  attempted(channelId: string, outcome: AttemptOutcome): void;
  /** Nobody will be told of it any more in this channel. */
  gaveUp(channelId: string, alertId: string, correlationId: string): void;
  channelBroke(channelId: string, error: string): void;
  channelRecovered(channelId: string): void;
  /** An outbox entry that cannot be routed; it is tried again. */
  notRouted(entryId: string, error: unknown): void;
  /** The pipeline itself could not go on with a channel (storage, lost lease); it will try again. */
  interrupted(channelId: string, error: unknown): void;
  refused(channelId: string, alertId: string, reason: string, correlationId: string): void;
}

export const DeliveryObserver = Symbol('DeliveryObserver');
