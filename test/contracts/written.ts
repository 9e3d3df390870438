import type { Store } from '../../src/adapters/persistence/store';
import { emptySlot } from '../../src/domain/alerts/alert';
import type { OutboxEntry } from '../../src/domain/notifications/outbox';
import type { StatusDecision } from '../../src/domain/schedulers/decide-status-update';
import type { HistoryEntry } from '../../src/domain/schedulers/history-entry';
import { ChangedConcurrently } from '../../src/domain/shared/errors';
import { at, days, dueEntries, get } from './acts';

/** What a decision left in the store. */

export async function historyOf(store: Store, schedulerId: string): Promise<readonly HistoryEntry[]> {
  const query = { schedulerId, from: at(-days(1)), to: null, status: null };
  return (await store.schedulers.listHistory(query, { limit: 100, after: null })).items;
}

/** What waits in the outbox about one scheduler. */
export async function waitingFor(store: Store, schedulerId: string): Promise<readonly OutboxEntry[]> {
  const entries = await dueEntries(store, at(120));
  return entries.filter((entry) => entry.alert.labels['scheduler_id'] === schedulerId);
}

/** Every part of the decision is there, as it was decided. */
export async function expectWritten(store: Store, decision: StatusDecision): Promise<void> {
  const { entry } = decision;
  expect(await historyOf(store, entry.schedulerId)).toContainEqual(entry);
  await expectChanges(store, decision);
}

export async function expectChanges(
  store: Store,
  { scheduler, alertChanges }: Pick<StatusDecision, 'scheduler' | 'alertChanges'>,
): Promise<void> {
  expect(await get(store, scheduler.schedulerId)).toEqual(scheduler);
  const waiting = await waitingFor(store, scheduler.schedulerId);
  for (const { alert, slot, outbox } of alertChanges) {
    expect(await store.alerts.find(alert.id)).toEqual(alert);
    expect(await store.alerts.findSlot(slot.dedupKey)).toEqual(slot);
    for (const entry of outbox) expect(waiting).toContainEqual(entry);
  }
}

/** The decision is refused, and all is as `before` left it. */
export async function expectRefused(
  store: Store,
  refused: StatusDecision,
  before: StatusDecision,
): Promise<void> {
  const { schedulerId } = before.scheduler;
  await expect(store.schedulers.recordStatus(refused)).rejects.toThrow(ChangedConcurrently);
  expect(await get(store, schedulerId)).toEqual(before.scheduler);
  expect(await historyOf(store, schedulerId)).toEqual([before.entry]);
  expect(await waitingFor(store, schedulerId)).toEqual([]);
  for (const { alert, slot } of refused.alertChanges) {
    expect(await store.alerts.find(alert.id)).toBeNull();
    expect(await store.alerts.findSlot(slot.dedupKey)).toEqual(emptySlot(slot.dedupKey));
  }
}
