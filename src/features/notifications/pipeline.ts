import type { Channel, SendOutcome } from '../../domain/notifications/channel';
import { IN_CHANNEL, type Delivery } from '../../domain/notifications/delivery';
import type { DeliveryRepository } from '../../domain/notifications/delivery.repository';
import type { SendingRights } from '../../domain/notifications/notification';
import type { Clock } from '../../domain/shared/clock';
import { ChannelGate } from './channel-gate';
import type { DeliveryObserver } from './delivery-observer';
import { DeliveryPlan, isDue } from './delivery-plan';
import type { DeliverStage } from './stages/deliver.stage';
import type { GroupStage } from './stages/group.stage';
import type { RecordStage } from './stages/record.stage';
import type { SuppressStage } from './stages/suppress.stage';

/** The stages of a delivery's way, in their order; routing comes before them. */
export interface Stages {
  readonly suppress: SuppressStage;
  readonly group: GroupStage;
  readonly deliver: DeliverStage;
  readonly record: RecordStage;
}

const QUEUE_PAGE = 200;
/** How far is looked when the first page holds no new alert. */
const WHOLE_QUEUE = 2_000;
/** After this long the queue is read again, so that a resolve or a storm that came meanwhile is seen. */
const FRESH_FOR_MS = 3_000;

/** The way of a delivery through its stages: suppress, group, deliver, record. One pipeline for every alert of Vesper. */
export class Pipeline {
  private readonly gates = new Map<string, ChannelGate>();

  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly stages: Stages,
    private readonly clock: Clock,
    private readonly observer: DeliveryObserver,
    private readonly random: () => number,
  ) {}

  /** Delivers what is due in one channel. To be called under the channel's lease: it keeps the order of an alert's events. */
  async drain(channel: Channel, rights: SendingRights): Promise<void> {
    const gate = this.gateOf(channel.id);
    let recovered = false;
    while (!rights.signal.aborted && gate.isOpen()) {
      const plan = await this.readPlan(channel);
      const due = this.dueHeads(plan, gate, recovered);
      const progress = await this.deliverWhileFresh(due, plan, channel, gate, rights);
      if (!progress.any) break;
      recovered = progress.recovered;
    }
    const mayTidyUp = !rights.signal.aborted && channel.state === 'enabled' && !gate.broken;
    if (mayTidyUp) await this.stages.group.settle(channel, rights);
  }

  /** A long queue of old news must not hide a new alert. */
  private async readPlan(channel: Channel): Promise<DeliveryPlan> {
    const page = await this.deliveries.listQueue(channel.id, QUEUE_PAGE);
    const mayHideNews = page.length === QUEUE_PAGE && !page.some(({ event }) => event === 'opened');
    return new DeliveryPlan(mayHideNews ? await this.deliveries.listQueue(channel.id, WHOLE_QUEUE) : page);
  }

  /**
   * A broken channel is probed with one delivery, and once it answers all that had to wait for it is due. The probe is the one tried least, so that
   * a message which alone is at fault cannot hold up the others.
   */
  private dueHeads(plan: DeliveryPlan, gate: ChannelGate, recovered: boolean): readonly Delivery[] {
    const heads = plan.heads();
    if (gate.broken) return heads.toSorted((a, b) => a.attempts - b.attempts).slice(0, 1);
    const now = this.clock.now();
    return recovered ? heads : heads.filter((delivery) => isDue(delivery, now));
  }

  private async deliverWhileFresh(
    due: readonly Delivery[],
    plan: DeliveryPlan,
    channel: Channel,
    gate: ChannelGate,
    rights: SendingRights,
  ) {
    const readAt = this.clock.monotonicMs();
    const progress = { any: false, recovered: false };
    for (const delivery of due) {
      if (rights.signal.aborted || !gate.isOpen()) break;
      const outcome = await this.deliver(delivery, plan, channel, rights);
      if (outcome === 'postponed') continue;
      progress.any = true;
      if (outcome !== 'settled')
        progress.recovered = this.report(channel, outcome, gate) || progress.recovered;
      if (this.clock.monotonicMs() - readAt > FRESH_FOR_MS) break;
    }
    return progress;
  }

  /** @returns whether a fault of the channel is over */
  private report(channel: Channel, outcome: SendOutcome, gate: ChannelGate): boolean {
    if (outcome.kind === 'retry') {
      const breaks = outcome.reason !== 'aborted' && gate.failed(this.random(), outcome.afterMs);
      if (breaks) this.observer.channelBroke(channel.id, outcome.error);
      return false;
    }
    const recovered = gate.succeeded();
    if (recovered) this.observer.channelRecovered(channel.id);
    return recovered;
  }

  private async deliver(
    delivery: Delivery,
    plan: DeliveryPlan,
    channel: Channel,
    rights: SendingRights,
  ): Promise<SendOutcome | 'settled' | 'postponed'> {
    const { suppress, group, deliver, record } = this.stages;
    const message = await this.deliveries.findMessage(delivery.alert.id, channel.id);
    const successor = plan.successorOf(delivery);
    const suppression = await suppress.judge(delivery, channel, message, successor, this.clock.now());
    if (suppression?.kind === 'postponed') return 'postponed';
    if (suppression?.kind === 'settled') {
      await record.settle(delivery, suppression.outcome, suppression.reason);
      return 'settled';
    }
    if (delivery.event !== 'opened') return deliver.send(delivery, channel, message, IN_CHANNEL, rights);
    const grouping = await group.place(delivery, plan.waitingOpenings(), channel, rights);
    if (grouping.kind === 'placed')
      return deliver.send(delivery, channel, message, grouping.placement, rights);
    await record.recordUnplaced(delivery, grouping.outcome);
    return grouping.outcome;
  }

  private gateOf(channelId: string): ChannelGate {
    const gate = this.gates.get(channelId) ?? new ChannelGate(this.clock);
    this.gates.set(channelId, gate);
    return gate;
  }
}
