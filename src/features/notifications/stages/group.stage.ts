import type { Channel, SendOutcome } from '../../../domain/notifications/channel';
import type { Delivery, MessageReference } from '../../../domain/notifications/delivery';
import type { DeliveryRepository } from '../../../domain/notifications/delivery.repository';
import {
  isStorm,
  withStormMembers,
  type ChannelTraffic,
  type Storm,
  type StormMember,
  type StormRule,
} from '../../../domain/notifications/storm';
import type { Clock } from '../../../domain/shared/clock';
import type { IdSource } from '../../../domain/shared/id-source';

/** Where a new alert belongs: into the channel itself, or into the thread of a storm. */
export interface Placement {
  readonly thread: MessageReference | null;
  /** Whether the storm's message has addressed the owner already. */
  readonly ownerAddressed: boolean;
}

export type Grouping =
  | { readonly kind: 'placed'; readonly placement: Placement }
  | { readonly kind: 'not_sent'; readonly outcome: SendOutcome };

const ALONE: Grouping = { kind: 'placed', placement: { thread: null, ownerAddressed: false } };
/** While a storm grows its message is edited at most this often. */
const EDIT_PAUSE_MS = 5_000;

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
    signal: AbortSignal,
  ): Promise<Grouping> {
    const now = this.clock.now();
    const traffic = await this.deliveries.findTraffic(channel.id);
    const joined = traffic.storm?.members.some((member) => member.alertId === delivery.alert.id) ?? false;
    if (!joined && !isStorm(traffic, waiting.length, this.rule, now)) return ALONE;
    const grown = joined
      ? traffic
      : withStormMembers(traffic, waiting.map(toMember), this.rule, now, () => this.ids.next());
    const storm = grown.storm as Storm;
    if (storm.reference === null) return this.announce(grown, storm, delivery, channel, signal);
    const lastEdit = storm.editedAt ?? storm.startedAt;
    if (now.getTime() - lastEdit.getTime() >= EDIT_PAUSE_MS) await this.edit(grown, storm, channel, signal);
    else if (grown !== traffic) await this.deliveries.recordTraffic(grown);
    return placed(storm, delivery);
  }

  /** Brings the storm's message up to date once the queue is empty. */
  async settle(channel: Channel, signal: AbortSignal): Promise<void> {
    const traffic = await this.deliveries.findTraffic(channel.id);
    const { storm } = traffic;
    if (storm === null || storm.reference === null || storm.shown >= storm.members.length) return;
    await this.edit(traffic, storm, channel, signal);
  }

  private async announce(
    traffic: ChannelTraffic,
    storm: Storm,
    delivery: Delivery,
    channel: Channel,
    signal: AbortSignal,
  ): Promise<Grouping> {
    const mayHaveBeenSentSince = storm.outcomeUnknown ? storm.startedAt : null;
    const announced = storm.outcomeUnknown ? storm.announced : storm.members.length;
    const intent: Storm = { ...storm, outcomeUnknown: true, announced };
    const written = await this.deliveries.recordTraffic({ ...traffic, storm: intent });
    const outcome = await channel.send(toNotification(storm), {
      key: `storm:${storm.id}`,
      previous: null,
      thread: null,
      mayHaveBeenSentSince,
      signal,
    });
    if (outcome.kind === 'refused') {
      // Rather single messages than none: the storm is given up, its alerts go out one by one.
      await this.deliveries.recordTraffic({ ...written, storm: null });
      return ALONE;
    }
    if (outcome.kind === 'retry') {
      const outcomeUnknown = outcome.outcomeUnknown || storm.outcomeUnknown;
      await this.deliveries.recordTraffic({ ...written, storm: { ...intent, outcomeUnknown } });
      return { kind: 'not_sent', outcome };
    }
    const told: Storm = {
      ...intent,
      outcomeUnknown: false,
      reference: outcome.reference,
      shown: announced,
      editedAt: this.clock.now(),
    };
    await this.deliveries.recordTraffic({ ...written, storm: told });
    return placed(told, delivery);
  }

  /** A failed edit is made up by the next one: the single alerts carry the news. */
  private async edit(
    traffic: ChannelTraffic,
    storm: Storm,
    channel: Channel,
    signal: AbortSignal,
  ): Promise<void> {
    const outcome = await channel.send(toNotification(storm), {
      key: `storm:${storm.id}`,
      previous: storm.reference,
      thread: null,
      mayHaveBeenSentSince: null,
      signal,
    });
    const editedAt = this.clock.now();
    const edited: Storm =
      outcome.kind === 'sent'
        ? { ...storm, reference: outcome.reference ?? storm.reference, shown: storm.members.length, editedAt }
        : { ...storm, editedAt };
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

function toMember(delivery: Delivery): StormMember {
  return {
    alertId: delivery.alert.id,
    title: delivery.alert.title,
    slackUserId: delivery.alert.owner.slackUserId,
  };
}
