import type { Delivery } from '../../domain/notifications/delivery';

/** A channel's queue as the dispatcher sees it: per alert only the oldest delivery may go, so that its events arrive in order. */
export class DeliveryPlan {
  private readonly byAlert = new Map<string, Delivery[]>();

  /** @param queue unfinished deliveries of one channel, oldest first */
  constructor(private readonly queue: readonly Delivery[]) {
    for (const delivery of queue) {
      const siblings = this.byAlert.get(delivery.alert.id);
      if (siblings === undefined) this.byAlert.set(delivery.alert.id, [delivery]);
      else siblings.push(delivery);
    }
  }

  /** Deliveries whose turn it is, oldest first. */
  heads(): readonly Delivery[] {
    return [...this.byAlert.values()].map(([first]) => first).filter((delivery) => delivery !== undefined);
  }

  /** The next event of the same alert that waits behind this one. */
  successorOf(delivery: Delivery): Delivery | null {
    return this.byAlert.get(delivery.alert.id)?.[1] ?? null;
  }

  /** New alerts that nobody in the channel has been told of. */
  waitingOpenings(): readonly Delivery[] {
    return this.queue.filter((delivery) => delivery.event === 'opened' && delivery.attempts === 0);
  }
}
