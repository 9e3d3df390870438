import type { Alert } from '../alerts/alert';
import type { MessageReference } from './delivery';
import type { AlertEvent } from '../alerts/alert-event';
import type { StormMember } from './storm';

/** What a channel is asked to tell, in no vendor's words. */
export type Notification = AlertNotification | StormNotification;

export interface AlertNotification {
  readonly kind: 'alert';
  readonly event: AlertEvent;
  readonly alert: Alert;
  /** Whether the owner is to be addressed by this message; false when the storm's message did so already. */
  readonly mentionOwner: boolean;
}

export interface StormNotification {
  readonly kind: 'storm';
  readonly startedAt: Date;
  readonly members: readonly StormMember[];
}

/** Until when something may be sent. */
export interface SendingRights {
  /** Begin nothing new once it is aborted; what is on its way may end. */
  readonly signal: AbortSignal;
  /** Whether this instance may act at this very moment; asked directly before something that cannot be taken back. Absent: always. */
  readonly mayAct?: () => boolean;
}

/** How the message stands to those sent before it. */
export interface SendContext extends SendingRights {
  /** The same for each attempt at the same message, and for no other message. */
  readonly key: string;
  /** The message that this one replaces; `null` for a new one. */
  readonly previous: MessageReference | null;
  /** The message in whose thread it belongs; `null` for the channel itself. */
  readonly thread: MessageReference | null;
  /** When an earlier attempt may have been the one that arrived: its instant, to look from there before sending again. */
  readonly mayHaveBeenSentSince: Date | null;
}
