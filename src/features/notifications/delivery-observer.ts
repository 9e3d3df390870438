import type { AttemptOutcome } from '../../domain/notifications/delivery';

/** What the pipeline tells metrics and log. */
export interface DeliveryObserver {
  attempted(channelId: string, outcome: AttemptOutcome): void;
  /** The pipeline itself could not go on with a channel (storage, lost lease); it will try again. */
  interrupted(channelId: string, error: unknown): void;
  refused(channelId: string, alertId: string, reason: string, correlationId: string): void;
}

export const DeliveryObserver = Symbol('DeliveryObserver');
