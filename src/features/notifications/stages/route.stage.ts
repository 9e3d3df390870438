import type { Delivery } from '../../../domain/notifications/delivery';
import type { NotificationRules } from '../../../domain/notifications/notification-rules';
import type { Outbox, OutboxEntry } from '../../../domain/notifications/outbox';
import { matchRoutes } from '../../../domain/notifications/route';
import type { Clock } from '../../../domain/shared/clock';
import { ChangedConcurrently } from '../../../domain/shared/errors';
import type { DeliveryObserver } from '../delivery-observer';

const BATCH = 50;

/** Turns what waits in the outbox into deliveries, one per channel that a route names. */
export class RouteStage {
  constructor(
    private readonly outbox: Outbox,
    private readonly rules: NotificationRules,
    private readonly clock: Clock,
    private readonly observer: DeliveryObserver,
  ) {}

  /**
   * Routes everything that is due. Any number of instances may do so at once: the storage lets one of them win each entry.
   * @param onRouted told after each batch which channels have something to send now
   */
  async routeDue(signal: AbortSignal, onRouted: (channelIds: ReadonlySet<string>) => void): Promise<void> {
    while (!signal.aborted) {
      const entries = await this.outbox.listDue(this.clock.now(), BATCH);
      const routed = await Promise.all(entries.map((entry) => this.route(entry)));
      onRouted(new Set(routed.flatMap((channelIds) => channelIds ?? [])));
      const stuck = routed.some((channelIds) => channelIds === null);
      if (entries.length < BATCH || stuck) return;
    }
  }

  /** @returns the channels, or `null` when it stays in the outbox: that must not keep the others from being told */
  private async route(entry: OutboxEntry): Promise<readonly string[] | null> {
    const channelIds = matchRoutes(this.rules.routes, entry.alert);
    const deliveries = channelIds.map((channelId) => toDelivery(entry, channelId));
    try {
      await this.outbox.recordRouted(entry, deliveries);
    } catch (error) {
      if (error instanceof ChangedConcurrently) return channelIds;
      this.observer.notRouted(entry.id, error);
      return null;
    }
    return channelIds;
  }
}

function toDelivery(entry: OutboxEntry, channelId: string): Delivery {
  return {
    id: `${entry.id}:${channelId}`,
    channelId,
    event: entry.event,
    alert: entry.alert,
    createdAt: entry.createdAt,
    status: 'pending',
    attempts: 0,
    nextAttemptAt: entry.dueAt,
    outcomeUnknown: false,
    version: 1,
  };
}
