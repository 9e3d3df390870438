import type { AlertChange } from '../../../domain/alerts/alert-change';
import type { Write } from './commit';
import type { JsonState } from './json-state';

/** The first slot that is not as the decision read it. @returns its key, or `null` when all are */
export function changedSlot(state: JsonState, changes: readonly AlertChange[]): string | null {
  const changed = changes.find(
    ({ slot }) => (state.slots.head(slot.dedupKey)?.version ?? 0) !== slot.version - 1,
  );
  return changed?.slot.dedupKey ?? null;
}

/** A resolved alert leaves memory for the archive. */
export function alertWrites(state: JsonState, { alert, slot, outbox }: AlertChange): Write[] {
  const { alerts, slots, archives } = state;
  const { open, ...rest } = slot;
  const ofAlert =
    alert.status === 'resolved'
      ? [alerts.delete(alert.id), archives.resolvedAlerts.append(alert)]
      : [alerts.put(alert.id, alert)];
  return [
    ...ofAlert,
    slots.put(slot.dedupKey, { ...rest, openAlertId: open?.id ?? null }),
    ...outbox.map((entry) => state.outbox.put(entry.id, entry)),
  ];
}
