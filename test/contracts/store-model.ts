import type { AlertChange } from '../../src/domain/alerts/alert-change';
import { emptySlot, type Alert, type AlertSlot } from '../../src/domain/alerts/alert';
import type { OutboxEntry } from '../../src/domain/notifications/outbox';
import type { RemovalDecision } from '../../src/domain/schedulers/decide-removal';
import type { SilenceDecision } from '../../src/domain/schedulers/decide-silence';
import type { StatusDecision } from '../../src/domain/schedulers/decide-status-update';
import { historySortKey, type HistoryEntry } from '../../src/domain/schedulers/history-entry';
import type { Scheduler } from '../../src/domain/schedulers/scheduler';
import { inByteOrder } from './expectations';

type Outcome = 'recorded' | 'duplicate' | 'conflict';

/** What the ports promise of schedulers and what follows from them, said as plainly as possible: the measure of every store. */
export class StoreModel {
  readonly schedulers = new Map<string, Scheduler>();
  readonly alerts = new Map<string, Alert>();
  readonly outbox = new Map<string, OutboxEntry>();
  private readonly entries = new Map<string, HistoryEntry>();
  private readonly slots = new Map<string, AlertSlot>();

  slot(dedupKey: string): AlertSlot {
    return this.slots.get(dedupKey) ?? emptySlot(dedupKey);
  }

  historyOf(schedulerId: string): readonly HistoryEntry[] {
    const own = [...this.entries.values()].filter((entry) => entry.schedulerId === schedulerId);
    return [...inByteOrder(own, historySortKey)].reverse();
  }

  register(scheduler: Scheduler): Outcome {
    const stored = this.schedulers.get(scheduler.schedulerId);
    if ((stored?.version ?? 0) !== scheduler.version - 1) return 'conflict';
    const lastHeartbeat = later(stored?.lastHeartbeat ?? null, scheduler.lastHeartbeat);
    this.schedulers.set(scheduler.schedulerId, { ...scheduler, lastHeartbeat });
    return 'recorded';
  }

  heartbeat(schedulerId: string, at: Date): { endsSilence: boolean } | 'not found' {
    const stored = this.schedulers.get(schedulerId);
    if (stored === undefined || stored.removedAt !== null) return 'not found';
    this.schedulers.set(schedulerId, { ...stored, lastHeartbeat: later(stored.lastHeartbeat, at) });
    return { endsSilence: stored.staleAlertId !== null };
  }

  status({ scheduler, entry, alertChanges }: StatusDecision): Outcome {
    if (this.entries.has(entry.id)) return 'duplicate';
    const stored = this.schedulers.get(scheduler.schedulerId);
    const heard = stored?.lastHeartbeat ?? null;
    if (heard !== null && (scheduler.lastHeartbeat === null || heard > scheduler.lastHeartbeat))
      return 'conflict';
    if (this.apply(scheduler, alertChanges) === 'conflict') return 'conflict';
    this.entries.set(entry.id, entry);
    return 'recorded';
  }

  silence({ scheduler, alertChanges }: SilenceDecision): Outcome {
    const heard = this.schedulers.get(scheduler.schedulerId)?.lastHeartbeat?.getTime();
    if (heard !== scheduler.lastHeartbeat?.getTime()) return 'conflict';
    return this.apply(scheduler, alertChanges);
  }

  removal({ scheduler, alertChanges }: RemovalDecision): Outcome {
    return this.apply(scheduler, alertChanges);
  }

  private apply(scheduler: Scheduler, alertChanges: readonly AlertChange[]): Outcome {
    const stored = this.schedulers.get(scheduler.schedulerId);
    if (stored?.version !== scheduler.version - 1) return 'conflict';
    if (alertChanges.some(({ slot }) => this.slot(slot.dedupKey).version !== slot.version - 1))
      return 'conflict';
    this.schedulers.set(scheduler.schedulerId, scheduler);
    for (const { alert, slot, outbox } of alertChanges) {
      this.alerts.set(alert.id, alert);
      this.slots.set(slot.dedupKey, slot);
      outbox.forEach((entry) => this.outbox.set(entry.id, entry));
    }
    return 'recorded';
  }
}

function later(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
