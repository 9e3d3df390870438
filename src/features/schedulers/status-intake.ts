import type { Reporter, StatusUpdate } from '../../domain/schedulers/status-update';
import type { StatusReceipt } from './status.service';

/** What became of an update by the time its request is answered. */
export type Intake =
  | { readonly kind: 'applied'; readonly receipt: StatusReceipt }
  /** It is durable, and will be applied as of `receivedAt`. */
  | { readonly kind: 'queued'; readonly receivedAt: Date };

/** Takes a valid update from a request: it applies it, or sees to it that somebody does. */
export interface StatusIntake {
  /**
   * @throws SchedulerNotRegistered
   * @throws TimestampAhead
   * @throws UnavailableError when it was not taken
   */
  accept(update: StatusUpdate, reporter: Reporter): Promise<Intake>;
}

export const StatusIntake = Symbol('StatusIntake');
