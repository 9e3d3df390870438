import type { AlertRepository } from '../../../domain/alerts/alert.repository';
import type { Channel } from '../../../domain/notifications/channel';
import type { AlertMessage, Delivery } from '../../../domain/notifications/delivery';
import type { DeliveryRepository } from '../../../domain/notifications/delivery.repository';
import { isGivenUp } from '../../../domain/notifications/retry-plan';

/** Why a delivery is not sent, or not yet. */
export type Suppression =
  | {
      readonly kind: 'settled';
      readonly outcome: 'skipped' | 'suppressed' | 'failed';
      readonly reason: string;
    }
  | { readonly kind: 'postponed' };

/** From outbox to queue it takes moments; after this an opening that is nowhere will not come. */
const LONGEST_WAY_MS = 3_600_000;

/** Decides what people need not be told. */
export class SuppressStage {
  constructor(
    private readonly alerts: AlertRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly repeatEditMs: number,
  ) {}

  /**
   * @param message what stands in the channel for the alert
   * @param successor the alert's next event in the same queue
   * @returns `null` when it is to be sent now
   */
  async judge(
    delivery: Delivery,
    channel: Channel,
    message: AlertMessage | null,
    successor: Delivery | null,
    now: Date,
  ): Promise<Suppression | null> {
    if (channel.state === 'disabled') return settled('skipped', `${channel.kind} is not configured`);
    if (isGivenUp(delivery.createdAt, now) && delivery.attempts > 0)
      return settled('failed', 'given up after 24 hours');
    if (delivery.event === 'repeated') return this.judgeRepeat(channel, message, successor, now);
    if (delivery.alert.flapping && delivery.event !== 'flapping' && (await this.wasOvertaken(delivery))) {
      return settled('suppressed', 'the alert flaps and has changed since');
    }
    if (delivery.event === 'resolved' && message === null && !delivery.alert.flapping) {
      return this.judgeUntold(delivery, now);
    }
    return null;
  }

  /** Nothing stands in the channel: either nobody is ever to be told, or the opening is still on its way from the outbox. */
  private async judgeUntold(delivery: Delivery, now: Date): Promise<Suppression> {
    const { channelId, alert, createdAt } = delivery;
    const log = await this.deliveries.listAttempts(
      { alertId: alert.id, channelId, outcome: null },
      { limit: 50, after: null },
    );
    const openingIsSettled = log.items.some(
      ({ event, outcome }) => event !== 'resolved' && outcome !== 'retrying',
    );
    const ageMs = Math.abs(now.getTime() - createdAt.getTime());
    if (openingIsSettled || ageMs > LONGEST_WAY_MS)
      return settled('suppressed', 'nobody was told of the alert');
    return { kind: 'postponed' };
  }

  private judgeRepeat(
    channel: Channel,
    message: AlertMessage | null,
    successor: Delivery | null,
    now: Date,
  ): Suppression | null {
    if (successor !== null) return settled('suppressed', `folded into ${successor.id}`);
    if (message === null) return null;
    if (!channel.canEdit) return settled('suppressed', 'counted; the channel cannot edit messages');
    const leftMs = (message.editedAt ?? message.postedAt).getTime() + this.repeatEditMs - now.getTime();
    // More than the whole pause is left only when the clock has stepped back since.
    return leftMs > 0 && leftMs <= this.repeatEditMs ? { kind: 'postponed' } : null;
  }

  private async wasOvertaken(delivery: Delivery): Promise<boolean> {
    const slot = await this.alerts.findSlot(delivery.alert.dedupKey);
    const lastChange = slot.recentChanges.at(-1);
    return lastChange !== undefined && lastChange > delivery.createdAt;
  }
}

function settled(outcome: 'skipped' | 'suppressed' | 'failed', reason: string): Suppression {
  return { kind: 'settled', outcome, reason };
}
