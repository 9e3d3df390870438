import type { Channel, SendOutcome } from '../../domain/notifications/channel';
import type { AlertMessage, Delivery } from '../../domain/notifications/delivery';
import type { DeliveryRepository } from '../../domain/notifications/delivery.repository';
import type { Clock } from '../../domain/shared/clock';
import { ChangedConcurrently } from '../../domain/shared/errors';
import { ChannelGate } from './channel-gate';
import { DeliveryPlan } from './delivery-plan';
import type { GroupStage, Placement } from './stages/group.stage';
import type { RecordStage } from './stages/record.stage';
import type { SuppressStage } from './stages/suppress.stage';

const QUEUE_PAGE = 100;
/** After this long the queue is read again, so that a resolve or a storm that came meanwhile is seen. */
const FRESH_FOR_MS = 3_000;

const IN_CHANNEL: Placement = { thread: null, ownerAddressed: false };

/** The way of a delivery through its stages: suppress, group, send, record. One pipeline for every alert of Vesper. */
export class Pipeline {
  private readonly gates = new Map<string, ChannelGate>();

  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly suppress: SuppressStage,
    private readonly group: GroupStage,
    private readonly recorder: RecordStage,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  /** Delivers what is due in one channel. To be called under the channel's lease: it keeps the order of an alert's events. */
  async drain(channel: Channel, signal: AbortSignal): Promise<void> {
    const gate = this.gateOf(channel.id);
    let recovered = false;
    while (!signal.aborted && gate.isOpenAt(this.clock.now())) {
      const plan = new DeliveryPlan(await this.deliveries.listQueue(channel.id, QUEUE_PAGE));
      const due = this.dueHeads(plan, gate, recovered);
      const progress = await this.deliverWhileFresh(due, plan, channel, gate, signal);
      if (!progress.any) break;
      recovered = progress.recovered;
    }
    if (!signal.aborted && channel.state === 'enabled' && !gate.broken)
      await this.group.settle(channel, signal);
  }

  /**
   * A broken channel is probed with one delivery, and once it answers all that had to wait for it is due. The probe is the one tried least, so that
   * a message which alone is at fault cannot hold up the others.
   */
  private dueHeads(plan: DeliveryPlan, gate: ChannelGate, recovered: boolean): readonly Delivery[] {
    const heads = plan.heads();
    if (gate.broken) return heads.toSorted((a, b) => a.attempts - b.attempts).slice(0, 1);
    const now = this.clock.now();
    return heads.filter(
      (delivery) => delivery.nextAttemptAt <= now || (recovered && delivery.status === 'retrying'),
    );
  }

  private async deliverWhileFresh(
    due: readonly Delivery[],
    plan: DeliveryPlan,
    channel: Channel,
    gate: ChannelGate,
    signal: AbortSignal,
  ) {
    const readAt = this.clock.monotonicMs();
    const progress = { any: false, recovered: false };
    for (const delivery of due) {
      if (signal.aborted || !gate.isOpenAt(this.clock.now())) break;
      const outcome = await this.deliver(delivery, plan, channel, signal);
      if (outcome === 'postponed') continue;
      progress.any = true;
      if (outcome !== 'settled') progress.recovered = this.report(outcome, gate) || progress.recovered;
      if (this.clock.monotonicMs() - readAt > FRESH_FOR_MS) break;
    }
    return progress;
  }

  private report(outcome: SendOutcome, gate: ChannelGate): boolean {
    if (outcome.kind !== 'retry') return gate.succeeded();
    if (outcome.reason !== 'aborted') gate.failed(this.clock.now(), this.random(), outcome.afterMs);
    return false;
  }

  private async deliver(
    delivery: Delivery,
    plan: DeliveryPlan,
    channel: Channel,
    signal: AbortSignal,
  ): Promise<SendOutcome | 'settled' | 'postponed'> {
    const message = await this.deliveries.findMessage(delivery.alert.id, channel.id);
    const suppression = await this.suppress.judge(
      delivery,
      channel,
      message,
      plan.successorOf(delivery),
      this.clock.now(),
    );
    if (suppression?.kind === 'postponed') return 'postponed';
    if (suppression?.kind === 'settled') {
      await this.recorder.settle(delivery, suppression.outcome, suppression.reason);
      return 'settled';
    }
    if (delivery.event !== 'opened') return this.send(delivery, channel, message, IN_CHANNEL, signal);
    const grouping = await this.group.place(delivery, plan.waitingOpenings(), channel, signal);
    if (grouping.kind === 'not_sent') return grouping.outcome;
    return this.send(delivery, channel, message, grouping.placement, signal);
  }

  private async send(
    delivery: Delivery,
    channel: Channel,
    message: AlertMessage | null,
    placement: Placement,
    signal: AbortSignal,
  ): Promise<SendOutcome> {
    // That an alert flaps is news and rings; whatever else becomes of an alert is shown where it stands.
    const edits = message !== null && delivery.event !== 'flapping';
    // Found as `sending`, an attempt of before ended in a crash: it may have arrived.
    const outcomeUnknown = delivery.outcomeUnknown || delivery.status === 'sending';
    const sending = await this.deliveries.recordSending({
      ...delivery,
      status: 'sending',
      attempts: delivery.attempts + 1,
      outcomeUnknown,
    });
    const startedAt = this.clock.now();
    const began = this.clock.monotonicMs();
    const outcome = await channel.send(
      {
        kind: 'alert',
        event: delivery.event,
        alert: delivery.alert,
        mentionOwner: !placement.ownerAddressed,
      },
      {
        key: delivery.id,
        previous: edits ? message.reference : null,
        thread: placement.thread,
        mayHaveBeenSentSince: outcomeUnknown ? delivery.createdAt : null,
        signal,
      },
    );
    const latencyMs = this.clock.monotonicMs() - began;
    const opensInChannel = delivery.event === 'opened' && placement.thread === null;
    try {
      await this.recorder.record({
        delivery: sending,
        outcome,
        startedAt,
        latencyMs,
        message,
        edited: edits,
        opensInChannel,
      });
    } catch (error) {
      if (error instanceof ChangedConcurrently && !edits)
        await this.withdrawDouble(channel, delivery, outcome, signal);
      throw error;
    }
    return outcome;
  }

  /** Somebody else took the delivery over while this instance was paused: if both have posted, ours goes. */
  private async withdrawDouble(
    channel: Channel,
    delivery: Delivery,
    outcome: SendOutcome,
    signal: AbortSignal,
  ): Promise<void> {
    if (outcome.kind !== 'sent' || outcome.reference === null) return;
    const message = await this.deliveries.findMessage(delivery.alert.id, channel.id);
    if (message !== null && message.reference !== outcome.reference)
      await channel.withdraw?.(outcome.reference, signal);
  }

  private gateOf(channelId: string): ChannelGate {
    const gate = this.gates.get(channelId) ?? new ChannelGate();
    this.gates.set(channelId, gate);
    return gate;
  }
}
