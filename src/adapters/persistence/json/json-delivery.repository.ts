import type { AlertMessage, Delivery, DeliveryAttempt } from '../../../domain/notifications/delivery';
import type {
  AttemptRecord,
  DeliveryLogFilter,
  DeliveryRepository,
} from '../../../domain/notifications/delivery.repository';
import { quietTraffic, type ChannelTraffic } from '../../../domain/notifications/storm';
import type { Page, PageRequest } from '../../../domain/shared/page';
import { attemptSortKey } from './archives';
import type { Write } from './commit';
import type { Journal } from './journal';
import type { JsonState } from './json-state';
import { toPage } from './paging';

export function isUnfinished({ status }: Delivery): boolean {
  return status === 'pending' || status === 'sending' || status === 'retrying';
}

export class JsonDeliveryRepository implements DeliveryRepository {
  constructor(
    private readonly state: JsonState,
    private readonly journal: Journal,
  ) {}

  async listBusyChannels(): Promise<readonly string[]> {
    return [...this.state.queues.keys()];
  }

  async listQueue(channelId: string, limit: number): Promise<readonly Delivery[]> {
    const found: Delivery[] = [];
    for (const id of this.state.queues.get(channelId)?.after(null) ?? []) {
      if (found.length >= limit) break;
      const delivery = this.state.deliveries.get(id);
      if (delivery !== undefined) found.push(delivery);
    }
    return found;
  }

  async recordSending(delivery: Delivery): Promise<Delivery> {
    const { deliveries } = this.state;
    if (!this.isCurrent(delivery)) throw await deliveries.conflictAt(delivery.id);
    const next = withNextVersion(delivery);
    return this.journal.commit([deliveries.put(delivery.id, next)], next);
  }

  async recordAttempt({ delivery, attempt, message, traffic }: AttemptRecord): Promise<void> {
    const { deliveries, traffic: allTraffic, messages, archives } = this.state;
    if (!this.isCurrent(delivery)) throw await deliveries.conflictAt(delivery.id);
    if (traffic !== null && !this.isCurrentTraffic(traffic))
      throw await allTraffic.conflictAt(traffic.channelId);
    const writes: Write[] = [
      isUnfinished(delivery)
        ? deliveries.put(delivery.id, withNextVersion(delivery))
        : deliveries.delete(delivery.id),
      archives.attempts.append(attempt),
    ];
    if (message !== null) writes.push(messages.put(messageKey(message.alertId, message.channelId), message));
    if (traffic !== null) writes.push(allTraffic.put(traffic.channelId, withNextVersion(traffic)));
    await this.journal.commit(writes, undefined);
  }

  async findMessage(alertId: string, channelId: string): Promise<AlertMessage | null> {
    return this.state.messages.get(messageKey(alertId, channelId)) ?? null;
  }

  async findTraffic(channelId: string): Promise<ChannelTraffic> {
    return this.state.traffic.get(channelId) ?? quietTraffic(channelId);
  }

  async recordTraffic(traffic: ChannelTraffic): Promise<ChannelTraffic> {
    if (!this.isCurrentTraffic(traffic)) throw await this.state.traffic.conflictAt(traffic.channelId);
    const next = withNextVersion(traffic);
    return this.journal.commit([this.state.traffic.put(traffic.channelId, next)], next);
  }

  async listAttempts(
    { alertId, channelId, outcome }: DeliveryLogFilter,
    { limit, after }: PageRequest,
  ): Promise<Page<DeliveryAttempt>> {
    const asked = Object.entries({ alertId, channelId, outcome }).filter(([, value]) => value !== null);
    const found = await this.state.archives.attempts.list({
      bucketKey: alertId,
      texts: asked.map(([field, value]) => `"${field}":${JSON.stringify(value)}`),
      matches: (attempt) =>
        (alertId === null || attempt.alertId === alertId) &&
        (channelId === null || attempt.channelId === channelId) &&
        (outcome === null || attempt.outcome === outcome),
      before: after,
      from: null,
      to: null,
      limit: limit + 1,
      besides: [],
    });
    return toPage(found, limit, attemptSortKey);
  }

  private isCurrent({ id, version }: Delivery): boolean {
    return this.state.deliveries.head(id)?.version === version;
  }

  private isCurrentTraffic({ channelId, version }: ChannelTraffic): boolean {
    return (this.state.traffic.head(channelId)?.version ?? 0) === version;
  }
}

function withNextVersion<T extends { readonly version: number }>(record: T): T {
  return { ...record, version: record.version + 1 };
}

/** An alert's messages lie side by side; a NUL is in no id. */
function messageKey(alertId: string, channelId: string): string {
  return `${alertId}\0${channelId}`;
}
