import type { Channel, SendOutcome } from '../../../domain/notifications/channel';
import {
  IN_CHANNEL,
  placementInDoubt,
  type Delivery,
  type Placement,
} from '../../../domain/notifications/delivery';
import type { DeliveryRepository } from '../../../domain/notifications/delivery.repository';
import {
  isBehind,
  isStorm,
  withStormMembers,
  type ChannelTraffic,
  type Opening,
  type Storm,
  type StormRule,
} from '../../../domain/notifications/storm';
import { asChannelFault } from '../../../domain/notifications/channel-fault';
import type { SendingRights } from '../../../domain/notifications/notification';
import { withdrawDouble } from '../../../domain/notifications/rival-message';
import type { Clock } from '../../../domain/shared/clock';
import { ChangedConcurrently } from '../../../domain/shared/errors';
import type { IdSource } from '../../../domain/shared/id-source';

/** Where a new alert belongs, unless the storm's message could not be sent. */
export type Grouping =
  | { readonly kind: 'placed'; readonly placement: Placement }
  | { readonly kind: 'not_sent'; readonly outcome: SendOutcome };

const ALONE: Grouping = { kind: 'placed', placement: IN_CHANNEL };

/** Tells a storm of new alerts as one message that lists them, with the single alerts in its thread. */
export class GroupStage {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly rule: StormRule,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  /** @param waiting all new alerts of the channel that wait, `delivery` among them */
  async place(
    delivery: Delivery,
    waiting: readonly Delivery[],
    channel: Channel,
    context: SendingRights,
  ): Promise<Grouping> {
    const inDoubt = placementInDoubt(delivery);
    if (inDoubt !== null) return { kind: 'placed', placement: inDoubt };
    const now = this.clock.now();
    const traffic = await this.deliveries.findTraffic(channel.id);
    const opening = toOpening(delivery);
    const openings = waiting.map(toOpening);
    if (!isStorm(traffic, opening, openings, this.rule, now)) return ALONE;
    const grown = withStormMembers(traffic, opening, openings, this.rule, now, () => this.ids.next());
    const storm = grown.storm as Storm;
    if (storm.reference === null) return this.announce(grown, storm, delivery, channel, context);
    if (isBehind(storm, now)) await this.edit(grown, storm, channel, context);
    else if (grown !== traffic) await this.deliveries.recordTraffic(grown);
    return placed(storm, delivery);
  }

  /** Brings the storm's message up to date once the queue is empty: what edits before it could not show, or were too soon to. */
  async settle(channel: Channel, context: SendingRights): Promise<void> {
    const traffic = await this.deliveries.findTraffic(channel.id);
    const { storm } = traffic;
    if (storm !== null && isBehind(storm, this.clock.now()))
      await this.edit(traffic, storm, channel, context);
  }

  private async announce(
    traffic: ChannelTraffic,
    storm: Storm,
    delivery: Delivery,
    channel: Channel,
    context: SendingRights,
  ): Promise<Grouping> {
    const mayHaveBeenSentSince = storm.outcomeUnknown ? storm.startedAt : null;
    const announced = storm.outcomeUnknown ? storm.announced : storm.members.length;
    const intent: Storm = { ...storm, outcomeUnknown: true, announced };
    const written = await this.deliveries.recordTraffic({ ...traffic, storm: intent });
    const answer = await channel.send(toNotification(storm), {
      key: `storm:${storm.id}`,
      previous: null,
      thread: null,
      mayHaveBeenSentSince,
      ...context,
    });
    const outcome = asChannelFault(answer);
    if (outcome.kind === 'refused') {
      // Rather single messages than none: the storm is given up, its alerts go out one by one.
      await this.deliveries.recordTraffic({ ...written, storm: null });
      return ALONE;
    }
    if (outcome.kind === 'retry') {
      const outcomeUnknown = outcome.outcomeUnknown || storm.outcomeUnknown;
      await this.deliveries.recordTraffic({ ...written, storm: { ...intent, outcomeUnknown } });
      // Of the single alert nothing was sent: it may be placed anew.
      return { kind: 'not_sent', outcome: { ...outcome, outcomeUnknown: false } };
    }
    const told: Storm = {
      ...intent,
      outcomeUnknown: false,
      reference: outcome.reference,
      shown: announced,
      editedAt: this.clock.now(),
    };
    try {
      await this.deliveries.recordTraffic({ ...written, storm: told });
    } catch (error) {
      if (error instanceof ChangedConcurrently) await this.withdrawSecond(told, channel);
      throw error;
    }
    return placed(told, delivery);
  }

  /** Somebody else took the channel over while this instance was paused: if both have posted the storm, ours goes. */
  private async withdrawSecond({ id, reference }: Storm, channel: Channel): Promise<void> {
    if (reference === null) return;
    const findTheirs = async () => {
      const { storm } = await this.deliveries.findTraffic(channel.id);
      return storm?.id === id ? storm.reference : null;
    };
    await withdrawDouble(reference, this.clock, findTheirs, async (signal) =>
      channel.withdraw?.(reference, signal),
    );
  }

  /**
   * A failed edit is made up by a later one: the single alerts carry the news. One that is refused for good is not: nothing but a new alert would change
   * what it says.
   */
  private async edit(
    traffic: ChannelTraffic,
    storm: Storm,
    channel: Channel,
    context: SendingRights,
  ): Promise<void> {
    const answer = await channel.send(toNotification(storm), {
      key: `storm:${storm.id}`,
      previous: storm.reference,
      thread: null,
      // Where the message was deleted, an edit posts it anew; one of before may have done so.
      mayHaveBeenSentSince: storm.startedAt,
      ...context,
    });
    const outcome = asChannelFault(answer);
    const reference = (outcome.kind === 'sent' ? outcome.reference : null) ?? storm.reference;
    const shown = outcome.kind === 'retry' ? storm.shown : storm.members.length;
    const edited: Storm = { ...storm, reference, shown, editedAt: this.clock.now() };
    await this.deliveries.recordTraffic({ ...traffic, storm: edited });
  }
}

function placed(storm: Storm, delivery: Delivery): Grouping {
  const position = storm.members.findIndex((member) => member.alertId === delivery.alert.id);
  return {
    kind: 'placed',
    placement: { thread: storm.reference, ownerAddressed: position >= 0 && position < storm.announced },
  };
}

function toNotification(storm: Storm) {
  return { kind: 'storm', startedAt: storm.startedAt, members: storm.members } as const;
}

function toOpening({ alert, createdAt }: Delivery): Opening {
  return { alertId: alert.id, title: alert.title, slackUserId: alert.owner.slackUserId, openedAt: createdAt };
}
