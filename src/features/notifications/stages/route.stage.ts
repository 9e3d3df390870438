import type { Delivery } from '../../../domain/notifications/delivery';
import type { NotificationRules } from '../../../domain/notifications/notification-rules';
import type { Outbox, OutboxEntry } from '../../../domain/notifications/outbox';
import { matchRoutes } from '../../../domain/notifications/route';
import type { Clock } from '../../../domain/shared/clock';
import { ChangedConcurrently } from '../../../domain/shared/errors';

const BATCH = 100;

/** Turns what waits in the outbox into deliveries, one per channel that a route names. */
export class RouteStage {
  constructor(
    private readonly outbox: Outbox,
    private readonly rules: NotificationRules,
    private readonly clock: Clock,
  ) {}

  /** Routes everything that is due. Any number of instances may do so at once: the storage lets one of them win each entry. */
  async routeDue(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const entries = await this.outbox.listDue(this.clock.now(), BATCH);
      for (const entry of entries) await this.route(entry);
      if (entries.length < BATCH) return;
    }
  }

  private async route(entry: OutboxEntry): Promise<void> {
    const channelIds = matchRoutes(this.rules.routes, entry.alert);
    try {
      await this.outbox.recordRouted(
        entry,
        channelIds.map((channelId) => toDelivery(entry, channelId)),
      );
    } catch (error) {
      if (!(error instanceof ChangedConcurrently)) throw error;
    }
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
