import type { Delivery } from '../../../domain/notifications/delivery';
import type { Outbox, OutboxDepth, OutboxEntry } from '../../../domain/notifications/outbox';
import type { Journal } from './journal';
import { isUnfinished } from './json-delivery.repository';
import type { JsonState } from './json-state';

export class JsonOutbox implements Outbox {
  constructor(
    private readonly state: JsonState,
    private readonly journal: Journal,
  ) {}

  async listDue(now: Date, limit: number): Promise<readonly OutboxEntry[]> {
    const due: OutboxEntry[] = [];
    for (const id of this.state.outboxOrder.after(null)) {
      if (due.length >= limit) break;
      const entry = this.state.outbox.get(id);
      if (entry !== undefined && entry.dueAt <= now) due.push(entry);
    }
    return due;
  }

  async recordRouted(entry: OutboxEntry, deliveries: readonly Delivery[]): Promise<void> {
    const { outbox, deliveries: queued } = this.state;
    if (outbox.head(entry.id) === undefined) throw await outbox.conflictAt(entry.id);
    const unfinished = deliveries.filter(isUnfinished);
    const writes = [
      outbox.delete(entry.id),
      ...unfinished.map((delivery) => queued.put(delivery.id, delivery)),
    ];
    await this.journal.commit(writes, undefined);
  }

  async depth(): Promise<OutboxDepth> {
    const { outbox, deliveries } = this.state;
    let oldestDueAt: Date | null = null;
    const note = (dueAt: Date) => {
      if (oldestDueAt === null || dueAt < oldestDueAt) oldestDueAt = dueAt;
    };
    for (const [, { dueAt }] of outbox.entries()) note(dueAt);
    for (const [, { createdAt }] of deliveries.entries()) note(createdAt);
    return { waiting: outbox.size + deliveries.size, oldestDueAt };
  }
}
