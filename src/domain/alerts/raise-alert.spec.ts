import { aSlot, anAlertCandidate } from '../../../test/builders/an-alert';
import { countedIds } from '../../../test/builders/counted-ids';
import { LONGEST_TIMELINE, type AlertSlot } from './alert';
import type { AlertChange } from './alert-change';
import { raiseAlert, resolveAlert, type Cause } from './raise-alert';

const ids = countedIds();

/** Minutes after an arbitrary moment. */
function at(minutes: number): Date {
  return new Date(Date.UTC(2026, 2, 2, 17) + minutes * 60_000);
}

function by(who: string, minutes: number): Cause {
  return { by: who, now: at(minutes), ids };
}

function raise(slot: AlertSlot, minutes: number, summary = 'boom'): AlertChange {
  return raiseAlert(slot, anAlertCandidate({ summary }), by('key', minutes));
}

function resolve(slot: AlertSlot, minutes: number): AlertChange {
  const change = resolveAlert(slot, 'completed', by('key', minutes));
  if (change === null) throw new Error('nothing is open');
  return change;
}

/** Opens and resolves in turns, beginning with an opening. */
function changesAt(...minutes: readonly number[]): readonly AlertChange[] {
  const changes: AlertChange[] = [];
  let slot = aSlot();
  for (const minute of minutes) {
    const change = slot.open === null ? raise(slot, minute) : resolve(slot, minute);
    changes.push(change);
    slot = change.slot;
  }
  return changes;
}

const told = (change: AlertChange | undefined) =>
  change?.outbox.map(({ event, dueAt }) => [event, (dueAt.getTime() - at(0).getTime()) / 60_000]);

describe('raising an alert', () => {
  it('opens one and tells it at once', () => {
    const { alert, slot, outbox } = raise(aSlot(), 3);
    expect(alert).toMatchObject({
      ...anAlertCandidate(),
      status: 'firing',
      occurrences: 1,
      sequence: 1,
      firstSeenAt: at(3),
      lastSeenAt: at(3),
      resolvedAt: null,
      flapping: false,
      timeline: [{ at: at(3), what: 'opened', by: 'key', note: null }],
    });
    expect(slot).toEqual({ ...aSlot(), open: alert, recentChanges: [at(3)], version: 1 });
    expect(outbox).toEqual([
      { id: expect.any(String), event: 'opened', alert, createdAt: at(3), dueAt: at(3) },
    ]);
  });

  it('counts a repeat on the open alert and takes over what it says now', () => {
    const first = raise(aSlot(), 0);
    const { alert, slot, outbox } = raise(first.slot, 5, 'boom again');
    expect(alert).toMatchObject({
      id: first.alert.id,
      summary: 'boom again',
      occurrences: 2,
      sequence: 2,
      firstSeenAt: at(0),
      lastSeenAt: at(5),
    });
    expect(alert.timeline.map(({ what }) => what)).toEqual(['opened', 'repeated']);
    expect(slot).toEqual({ ...first.slot, open: alert, version: 2 });
    expect(outbox.map(({ event }) => event)).toEqual(['repeated']);
  });

  it('opens a new alert after the last one was resolved', () => {
    const [opened, resolved, again] = changesAt(0, 1, 2);
    expect(again?.alert.id).not.toBe(opened?.alert.id);
    expect(again?.alert).toMatchObject({ occurrences: 1, sequence: 1, status: 'firing' });
    expect(again?.slot.version).toBe((resolved?.slot.version ?? 0) + 1);
  });

  it('remembers only the newest steps of an alert that repeats for months', () => {
    let { slot, alert } = raise(aSlot(), 0);
    for (let n = 1; n <= LONGEST_TIMELINE + 5; n++) ({ slot, alert } = raise(slot, n));
    expect(alert.timeline).toHaveLength(LONGEST_TIMELINE);
    expect(alert.timeline.at(-1)?.at).toEqual(at(LONGEST_TIMELINE + 5));
    expect(alert.occurrences).toBe(LONGEST_TIMELINE + 6);
  });
});

describe('resolving an alert', () => {
  it('does nothing when none is open', () => {
    expect(resolveAlert(aSlot(), 'completed', by('key', 0))).toBeNull();
  });

  it('closes the open one, says why and by whom, and tells it', () => {
    const opened = raise(aSlot(), 0);
    const { alert, slot, outbox } = resolve(opened.slot, 7);
    expect(alert).toMatchObject({
      id: opened.alert.id,
      status: 'resolved',
      resolvedAt: at(7),
      resolvedBy: 'key',
      resolution: 'completed',
      sequence: 2,
    });
    expect(alert.timeline.at(-1)).toEqual({ at: at(7), what: 'resolved', by: 'key', note: 'completed' });
    expect(slot).toMatchObject({ open: null, recentChanges: [at(0), at(7)], version: 2 });
    expect(told({ alert, slot, outbox })).toEqual([['resolved', 7]]);
  });
});

describe('flapping', () => {
  it('begins with the fifth change within 30 minutes, is told once, then each change waits until all is quiet', () => {
    const changes = changesAt(0, 1, 2, 3, 4, 5, 6);
    expect(changes.map(told)).toEqual([
      [['opened', 0]],
      [['resolved', 1]],
      [['opened', 2]],
      [['resolved', 3]],
      [
        ['flapping', 4],
        ['opened', 34],
      ],
      [['resolved', 35]],
      [['opened', 36]],
    ]);
    expect(changes.map(({ alert }) => alert.flapping)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(changes[4]?.alert.timeline.at(-1)?.what).toBe('flapping');
  });

  it('does not begin when the first of five changes is 30 minutes old', () => {
    expect(told(changesAt(0, 1, 2, 3, 30).at(-1))).toEqual([['opened', 30]]);
    expect(told(changesAt(0, 1, 2, 3, 29.999).at(-1))?.[0]?.[0]).toBe('flapping');
  });

  it('begins with a resolve when that is the fifth change', () => {
    // The slot remembers a change from before the alert that is open now.
    const opened = changesAt(0, 1, 2);
    const { slot } = opened[2] as AlertChange;
    const change = resolve({ ...slot, recentChanges: [at(-1), ...slot.recentChanges] }, 3);
    expect(told(change)).toEqual([
      ['flapping', 3],
      ['resolved', 33],
    ]);
    expect(change.alert).toMatchObject({ status: 'resolved', flapping: true });
  });

  it('keeps repeats quiet while it lasts, and tells them again when it has kept still for 30 minutes', () => {
    const { slot } = changesAt(0, 1, 2, 3, 4).at(-1) as AlertChange;
    const quiet = raise(slot, 33.9);
    expect(quiet.outbox).toEqual([]);
    expect(quiet.alert).toMatchObject({ flapping: true, occurrences: 2 });
    const heard = raise(quiet.slot, 34);
    expect(told(heard)).toEqual([['repeated', 34]]);
    expect(heard.alert.flapping).toBe(false);
  });

  it('goes on as long as changes follow each other within 30 minutes, however few they are', () => {
    const changes = changesAt(0, 1, 2, 3, 4, 30, 59);
    expect(told(changes[5])).toEqual([['resolved', 60]]);
    expect(told(changes[6])).toEqual([['opened', 89]]);
  });

  it('is over once nothing changed for 30 minutes: the next change is told as ever', () => {
    const changes = changesAt(0, 1, 2, 3, 4, 34);
    expect(told(changes[5])).toEqual([['resolved', 34]]);
    expect(changes[5]?.alert.flapping).toBe(false);
    expect(changes[5]?.slot).toMatchObject({ flapping: false, recentChanges: [at(34)] });
  });
});
