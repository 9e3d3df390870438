import type { Delivery } from '../../domain/notifications/delivery';
import { longestPlannedMs } from '../../domain/notifications/retry-plan';

/** A channel's queue as the dispatcher sees it: per alert only the first event may go, so that its events arrive in order. */
export class DeliveryPlan {
  private readonly byAlert = new Map<string, Delivery[]>();

  /** @param queue unfinished deliveries of one channel, oldest first */
  constructor(private readonly queue: readonly Delivery[]) {
    for (const delivery of queue) {
      const siblings = this.byAlert.get(delivery.alert.id);
      if (siblings === undefined) this.byAlert.set(delivery.alert.id, [delivery]);
      else siblings.push(delivery);
    }
    // The order of an alert's events is what it counted, not what clocks said: those of two instances differ, and one may step back.
    for (const siblings of this.byAlert.values())
      siblings.sort((a, b) => a.alert.sequence - b.alert.sequence);
  }

  /** Deliveries whose turn it is: new alerts before the news of old ones, then oldest first. */
  heads(): readonly Delivery[] {
    const heads = [...this.byAlert.values()].flatMap(([first]) => first ?? []);
    return heads.toSorted((a, b) => rank(a) - rank(b));
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

/** What channels ask for by Retry-After; a longer pause is kept by the gate, which is not misled by clocks. */
const LONGEST_ASKED_MS = 60_000;

/** What has not been tried is due at once, and so is what a clock that has since stepped back put off beyond any plan. */
export function isDue(delivery: Delivery, now: Date): boolean {
  if (delivery.status !== 'retrying') return true;
  const waitMs = delivery.nextAttemptAt.getTime() - now.getTime();
  return waitMs <= 0 || waitMs > longestPlannedMs(delivery.attempts) + LONGEST_ASKED_MS;
}

function rank({ event }: Delivery): number {
  return event === 'opened' || event === 'flapping' ? 0 : 1;
}
