import type { Channel, SendOutcome } from '../../../domain/notifications/channel';
import {
  mayHaveArrived,
  type AlertMessage,
  type Delivery,
  type MessageReference,
  type Placement,
} from '../../../domain/notifications/delivery';
import type { DeliveryRepository } from '../../../domain/notifications/delivery.repository';
import { asChannelFault } from '../../../domain/notifications/channel-fault';
import type { SendingRights } from '../../../domain/notifications/notification';
import { withdrawDouble } from '../../../domain/notifications/rival-message';
import type { Clock } from '../../../domain/shared/clock';
import { ChangedConcurrently } from '../../../domain/shared/errors';
import type { RecordStage } from './record.stage';

/** Sends one delivery: writes that it begins, sends, writes how it went. */
export class DeliverStage {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly recorder: RecordStage,
    private readonly clock: Clock,
  ) {}

  /**
   * @param message what stands in the channel for the alert
   * @throws ChangedConcurrently when another instance has taken the delivery over meanwhile
   */
  async send(
    delivery: Delivery,
    channel: Channel,
    message: AlertMessage | null,
    placement: Placement,
    rights: SendingRights,
  ): Promise<SendOutcome> {
    // That an alert flaps is news and rings; whatever else becomes of an alert is shown where it stands.
    const edited = message !== null && delivery.event !== 'flapping';
    const outcomeUnknown = mayHaveArrived(delivery);
    const begun = {
      ...delivery,
      status: 'sending',
      attempts: delivery.attempts + 1,
      outcomeUnknown,
      placement,
    } as const;
    const sending = await this.deliveries.recordSending(begun);
    const startedAt = this.clock.now();
    const began = this.clock.monotonicMs();
    const answer = await channel.send(
      {
        kind: 'alert',
        event: delivery.event,
        alert: delivery.alert,
        mentionOwner: !placement.ownerAddressed,
      },
      {
        ...rights,
        key: delivery.id,
        previous: edited ? message.reference : null,
        thread: placement.thread,
        mayHaveBeenSentSince: outcomeUnknown ? delivery.createdAt : null,
      },
    );
    const outcome = asChannelFault(answer);
    const latencyMs = this.clock.monotonicMs() - began;
    const opensInChannel = delivery.event === 'opened' && placement.thread === null;
    try {
      await this.recorder.record({
        delivery: sending,
        outcome,
        startedAt,
        latencyMs,
        message,
        edited,
        opensInChannel,
      });
    } catch (error) {
      if (error instanceof ChangedConcurrently && outcome.kind === 'sent')
        await this.withdrawDouble(channel, delivery, edited ? outcome.note : outcome.reference, edited);
      throw error;
    }
    return outcome;
  }

  /** Somebody else took the delivery over while this instance was paused: if both have posted, ours goes. A note is written down nowhere but in the channel. */
  private async withdrawDouble(
    channel: Channel,
    { id: key, createdAt: since, alert }: Delivery,
    ours: MessageReference | null | undefined,
    isNote: boolean,
  ): Promise<void> {
    if (ours == null) return;
    const findTheirs = async (signal: AbortSignal) =>
      isNote
        ? ((await channel.findOtherNote?.(ours, { key, since, signal })) ?? null)
        : ((await this.deliveries.findMessage(alert.id, channel.id))?.reference ?? null);
    await withdrawDouble(ours, this.clock, findTheirs, async (signal) => channel.withdraw?.(ours, signal));
  }
}
