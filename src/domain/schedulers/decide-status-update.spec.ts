import fc from 'fast-check';
import { aScheduler } from '../../../test/builders/a-scheduler';
import { aStatusUpdate } from '../../../test/builders/a-status-update';
import { countedIds } from '../../../test/builders/counted-ids';
import { emptySlot } from '../alerts/alert';
import { decideSilence } from './decide-silence';
import { decideStatusUpdate, type StatusDecision } from './decide-status-update';
import { historySortKey } from './history-entry';
import type { Scheduler } from './scheduler';
import { failureDedupKey, staleDedupKey, type SchedulerAlertSlots } from './scheduler-alerts';
import { SchedulerNotRegistered, TimestampAhead } from './scheduler.errors';
import type { StatusUpdate } from './status-update';

const ID = 'service-a-eod';
const NOW = at(60);
const NO_ALERTS: SchedulerAlertSlots = {
  failure: emptySlot(failureDedupKey(ID)),
  stale: emptySlot(staleDedupKey(ID)),
};
const ids = countedIds();

/** Minutes after an arbitrary moment. */
function at(minutes: number, ms = 0): Date {
  return new Date(Date.UTC(2026, 2, 2, 17) + minutes * 60_000 + ms);
}

function decide(
  scheduler: Scheduler,
  update: StatusUpdate,
  {
    now = NOW,
    receivedAt = now,
    slots = NO_ALERTS,
  }: { now?: Date; receivedAt?: Date; slots?: SchedulerAlertSlots } = {},
): StatusDecision {
  const reporter = { keyName: 'key', correlationId: 'corr' };
  const circumstances = { slots, reporter, timeZone: 'Asia/Jakarta', now, receivedAt, ids };
  return decideStatusUpdate(scheduler, update, circumstances);
}

/** Takes updates one after the other, in the order in which they arrive. */
function after(...updates: readonly StatusUpdate[]): Scheduler {
  return updates.reduce((scheduler, update) => decide(scheduler, update).scheduler, aScheduler(ID).build());
}

const update = () => aStatusUpdate(ID);

describe('an update', () => {
  it('becomes the current status, an entry of the history and a sign of life', () => {
    const before = aScheduler(ID).at(at(0)).with({ version: 7 }).build();
    const reported = update()
      .completed(1_500)
      .at(at(5))
      .ofRun('r1')
      .with({ metadata: { rows: 3 } })
      .build();
    const { applied, scheduler, entry, alertChanges } = decide(before, reported);
    expect(applied).toBe(true);
    expect(alertChanges).toEqual([]);
    expect(entry).toEqual({
      id: expect.stringContaining('fingerprint'),
      schedulerId: ID,
      status: 'completed',
      timestamp: at(5),
      executionTimeMs: 1_500,
      executionTimeSource: 'reported',
      errorMessage: null,
      metadata: { rows: 3 },
      runId: 'r1',
      receivedAt: NOW,
      reportedBy: 'key',
    });
    expect(scheduler).toEqual({
      ...before,
      status: 'completed',
      statusAt: at(5),
      executionTimeMs: 1_500,
      executionTimeSource: 'reported',
      metadata: { rows: 3 },
      runId: 'r1',
      startedAt: at(5, -1_500),
      currentEntryId: entry.id,
      lastHeartbeat: NOW,
      updatedAt: NOW,
      version: 8,
    });
  });

  it('is the same entry when sent again, whatever the order of its keys, and another when anything differs', () => {
    const base = update()
      .failed('boom')
      .at(at(5))
      .ofRun('r')
      .with({ executionTimeMs: 5, metadata: { a: 1, b: [2] } });
    const idOf = (one: StatusUpdate) => decide(aScheduler(ID).build(), one, { now: at(9) }).entry.id;
    const first = base.build();
    expect(idOf({ ...first, metadata: { b: [2], a: 1 } })).toBe(idOf(first));
    const others: Partial<StatusUpdate>[] = [
      { schedulerId: 'other' },
      { status: 'completed' },
      { timestamp: at(5, 1) },
      { runId: null },
      { executionTimeMs: null },
      { errorMessage: 'Boom' },
      { metadata: { a: 1, b: ['2'] } },
      { metadata: null },
    ];
    for (const fields of others) expect(idOf({ ...first, ...fields })).not.toBe(idOf(first));
  });

  it('is refused for a removed scheduler', () => {
    const removed = aScheduler(ID)
      .with({ removedAt: at(0) })
      .build();
    expect(() => decide(removed, update().build())).toThrow(SchedulerNotRegistered);
  });

  it('is refused from 5 minutes and 1 ms ahead of the clock on', () => {
    const scheduler = aScheduler(ID).build();
    expect(() => decide(scheduler, update().at(at(65, 1)).build())).toThrow(TimestampAhead);
    expect(decide(scheduler, update().at(at(65)).build()).applied).toBe(true);
  });

  it('never moves the last heartbeat back', () => {
    const scheduler = aScheduler(ID)
      .with({ lastHeartbeat: at(61) })
      .build();
    expect(decide(scheduler, update().running().at(at(59)).build()).scheduler.lastHeartbeat).toEqual(at(61));
  });
});

describe('a late update', () => {
  it('goes to history and leaves the current status, heartbeat and alerts as they are', () => {
    const current = aScheduler(ID)
      .completed(at(10))
      .with({ lastHeartbeat: at(10), version: 3 })
      .build();
    const { applied, scheduler, entry, alertChanges } = decide(
      current,
      update().failed().at(at(10, -1)).build(),
    );
    expect(applied).toBe(false);
    expect(entry).toMatchObject({ status: 'failed', timestamp: at(10, -1) });
    expect(alertChanges).toEqual([]);
    expect(scheduler).toEqual({ ...current, version: 4 });
  });

  it('is not late in the same millisecond: the one that arrives last counts', () => {
    const current = aScheduler(ID).completed(at(10)).build();
    expect(decide(current, update().running().at(at(10)).build())).toMatchObject({ applied: true });
  });

  it('leaves the same status and history in whatever order updates of different instants arrive', () => {
    const one = fc.record({
      minute: fc.integer({ min: 0, max: 50 }),
      status: fc.constantFrom('pending', 'running', 'completed', 'failed'),
      runId: fc.constantFrom(null, 'r1', 'r2'),
      executionTimeMs: fc.integer({ min: 0, max: 9 }),
    });
    const updates = fc.uniqueArray(one, { selector: ({ minute }) => minute, minLength: 2, maxLength: 8 });
    const shuffled = updates.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    const outcome = (list: readonly (Partial<StatusUpdate> & { minute: number })[]) => {
      let scheduler = aScheduler(ID).build();
      const keys: string[] = [];
      for (const { minute, ...fields } of list) {
        const decision = decide(scheduler, update().at(at(minute)).with(fields).build());
        scheduler = decision.scheduler;
        keys.push(historySortKey(decision.entry));
      }
      const { status, statusAt, errorMessage, runId, executionTimeMs, version } = scheduler;
      return { status, statusAt, errorMessage, runId, executionTimeMs, version, keys: keys.sort() };
    };
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(outcome(other)).toEqual(outcome(list));
      }),
    );
  });
});

describe('the execution time', () => {
  it('is derived from the running update of the run when the reporter gives none', () => {
    const running = after(update().running().at(at(1)).build());
    const { scheduler, entry } = decide(running, update().completed().at(at(4)).build());
    expect(entry).toMatchObject({ executionTimeMs: 180_000, executionTimeSource: 'derived' });
    expect(scheduler).toMatchObject({ executionTimeMs: 180_000, startedAt: at(1), openRuns: [] });
  });

  it('is the reported one when there is one, also zero', () => {
    const running = after(update().running().at(at(1)).build());
    const { entry } = decide(running, update().failed().with({ executionTimeMs: 0 }).at(at(4)).build());
    expect(entry).toMatchObject({ executionTimeMs: 0, executionTimeSource: 'reported' });
  });

  it('is unknown when no run is', () => {
    const { scheduler, entry } = decide(after(), update().completed().at(at(4)).build());
    expect(entry).toMatchObject({ executionTimeMs: null, executionTimeSource: null });
    expect(scheduler.startedAt).toBeNull();
  });

  it('may be absurdly long: then nothing is said of the start', () => {
    const absurd = update().completed(Number.MAX_SAFE_INTEGER).at(at(4)).build();
    const { scheduler, entry } = decide(after(), absurd);
    expect(entry.executionTimeMs).toBe(Number.MAX_SAFE_INTEGER);
    expect(scheduler.startedAt).toBeNull();
  });

  it('is that of the run named, among several that run side by side', () => {
    const two = after(
      update().running().ofRun('a').at(at(1)).build(),
      update().running().ofRun('b').at(at(3)).build(),
    );
    const first = decide(two, update().completed().ofRun('a').at(at(4)).build());
    expect(first.entry.executionTimeMs).toBe(180_000);
    expect(first.scheduler.openRuns).toEqual([{ runId: 'b', startedAt: at(3) }]);
    const second = decide(first.scheduler, update().failed().ofRun('b').at(at(5)).build());
    expect(second.entry.executionTimeMs).toBe(120_000);
    expect(decide(two, update().completed().ofRun('c').at(at(4)).build()).entry.executionTimeMs).toBeNull();
  });

  it('is that of the only open run when the end names none, and unknown when several are open', () => {
    const one = after(update().running().ofRun('a').at(at(1)).build());
    expect(decide(one, update().completed().at(at(2)).build()).entry.executionTimeMs).toBe(60_000);
    const two = after(
      update().running().ofRun('a').at(at(1)).build(),
      update().running().ofRun('b').at(at(2)).build(),
    );
    expect(decide(two, update().completed().at(at(3)).build()).entry.executionTimeMs).toBeNull();
  });

  it('is never negative: a run that began later is not the one that ended', () => {
    const running = after(update().running().at(at(5)).build());
    const late = decide(running, update().completed().at(at(4)).build());
    expect(late.entry.executionTimeMs).toBeNull();
    expect(late.scheduler.openRuns).toHaveLength(1);
  });

  it('is derived for a late end too', () => {
    const next = after(
      update().running().ofRun('a').at(at(1)).build(),
      update().running().ofRun('b').at(at(5)).build(),
    );
    const late = decide(next, update().completed().ofRun('a').at(at(4)).build());
    expect(late).toMatchObject({ applied: false, entry: { executionTimeMs: 180_000 } });
    expect(late.scheduler.openRuns).toEqual([{ runId: 'b', startedAt: at(5) }]);
  });

  it('is taken from the last start of a run that started anew, also when the earlier start arrives late', () => {
    const inOrder = after(update().running().at(at(1)).build(), update().running().at(at(3)).build());
    const outOfOrder = after(update().running().at(at(3)).build(), update().running().at(at(1)).build());
    for (const scheduler of [inOrder, outOfOrder]) {
      expect(decide(scheduler, update().completed().at(at(4)).build()).entry.executionTimeMs).toBe(60_000);
    }
  });

  it('is not taken from a run whose start arrives after its end', () => {
    const ended = after(
      update().completed().ofRun('a').at(at(3)).build(),
      update().running().ofRun('a').at(at(1)).build(),
    );
    expect(ended.openRuns).toEqual([]);
    expect(decide(ended, update().completed().at(at(30)).build()).entry.executionTimeMs).toBeNull();
  });

  it('forgets the oldest of more than 20 open runs', () => {
    const starts = Array.from({ length: 22 }, (_, n) => update().running().ofRun(`r${n}`).at(at(n)).build());
    const { openRuns } = after(...starts);
    expect(openRuns).toHaveLength(20);
    expect(openRuns[0]?.runId).toBe('r2');
  });
});

describe('the alert of a failure', () => {
  const failed = () =>
    decide(aScheduler(ID).build(), update().failed('line one\nline two').at(at(1)).build());

  function slotsAfter(...decisions: readonly StatusDecision[]): SchedulerAlertSlots {
    const slots = decisions.flatMap(({ alertChanges }) => alertChanges.map(({ slot }) => slot));
    const last = (key: string) => slots.findLast(({ dedupKey }) => dedupKey === key);
    return {
      failure: last(failureDedupKey(ID)) ?? NO_ALERTS.failure,
      stale: last(staleDedupKey(ID)) ?? NO_ALERTS.stale,
    };
  }

  it('tells what an operator needs to know', () => {
    const metadata = Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [`key ${n}`, n === 1 ? { deep: [n] } : n]),
    );
    const scheduler = aScheduler(ID)
      .running(at(0))
      .with({ alertUserId: 'U1', ownerEmail: 'a@example.com', tags: ['x'] });
    const reported = update()
      .failed('line one\nline two')
      .ofRun('r')
      .at(at(1))
      .with({ metadata, executionTimeMs: 7 });
    const { alertChanges } = decide(scheduler.build(), reported.build());
    expect(alertChanges).toHaveLength(1);
    const alert = alertChanges[0]?.alert;
    expect(alert).toMatchObject({
      source: 'scheduler_failed',
      severity: 'critical',
      dedupKey: `scheduler_failed:${ID}`,
      title: 'Service A · EOD Processing failed',
      summary: 'line one',
      excerpt: 'line one\nline two',
      timeZone: 'Asia/Jakarta',
      owner: { slackUserId: 'U1', email: 'a@example.com' },
      correlationId: 'corr',
      labels: { service: 'Service A', job: 'EOD Processing', scheduler_id: ID, tags: 'x' },
      details: { error_message: 'line one\nline two', execution_time_ms: 7, metadata },
    });
    expect(alert?.facts).toEqual(
      expect.arrayContaining([
        { label: 'Run', kind: 'text', text: 'r' },
        { label: 'Execution time', kind: 'duration', ms: 7 },
        { label: 'Failed at', kind: 'instant', at: at(1) },
        { label: 'key 1', kind: 'text', text: '{"deep":[1]}' },
        { label: 'key 9', kind: 'text', text: '9' },
      ]),
    );
    expect(alert?.facts.map(({ label }) => label)).not.toContain('key 10');
  });

  it.each(['completed', 'running'] as const)('is resolved when the scheduler is %s', (status) => {
    const first = failed();
    const { alertChanges } = decide(first.scheduler, update().with({ status }).at(at(2)).build(), {
      slots: slotsAfter(first),
    });
    expect(alertChanges.map(({ alert }) => alert)).toMatchObject([
      { id: first.alertChanges[0]?.alert.id, status: 'resolved', resolvedBy: 'key' },
    ]);
  });

  it('stays open when the scheduler is pending, and when a success arrives late', () => {
    const first = failed();
    const slots = slotsAfter(first);
    expect(decide(first.scheduler, update().pending().at(at(2)).build(), { slots }).alertChanges).toEqual([]);
    expect(decide(first.scheduler, update().completed().at(at(0)).build(), { slots }).alertChanges).toEqual(
      [],
    );
  });

  it('counts one more occurrence with each further failure', () => {
    const first = failed();
    const { alertChanges } = decide(first.scheduler, update().failed('again').at(at(2)).build(), {
      slots: slotsAfter(first),
    });
    expect(alertChanges.map(({ alert }) => alert)).toMatchObject([
      { occurrences: 2, status: 'firing', excerpt: 'again' },
    ]);
  });

  it('comes together with the end of a silence', () => {
    const running = after(update().running().at(at(0)).build());
    const silence = decideSilence(running, {
      slot: NO_ALERTS.stale,
      defaultTimeoutMinutes: 10,
      timeZone: 'UTC',
      correlationId: 'scan',
      cause: { by: 'stale-scan', now: at(90), ids },
    });
    if (silence === null) throw new Error('not silent');
    const stale = silence.alertChanges[0]?.slot ?? NO_ALERTS.stale;
    const { scheduler, alertChanges } = decide(silence.scheduler, update().failed().at(at(91)).build(), {
      now: at(91),
      slots: { ...NO_ALERTS, stale },
    });
    expect(scheduler.staleAlertId).toBeNull();
    expect(alertChanges.map(({ alert }) => [alert.source, alert.status])).toEqual([
      ['scheduler_stale', 'resolved'],
      ['scheduler_failed', 'firing'],
    ]);
  });
});

describe('an update that waited since it was accepted', () => {
  it('is a sign of life as old as its acceptance, and changes the record now', () => {
    const { scheduler, entry } = decide(aScheduler(ID).build(), update().at(at(9)).build(), {
      now: at(60),
      receivedAt: at(10),
    });
    expect(entry.receivedAt).toEqual(at(10));
    expect(scheduler.lastHeartbeat).toEqual(at(10));
    expect(scheduler.updatedAt).toEqual(at(60));
  });

  it('takes no later sign of life back', () => {
    const heard = aScheduler(ID)
      .with({ lastHeartbeat: at(30) })
      .build();
    const { scheduler } = decide(heard, update().at(at(9)).build(), { now: at(60), receivedAt: at(10) });
    expect(scheduler.lastHeartbeat).toEqual(at(30));
  });

  it('may be no more than 5 minutes ahead of its acceptance, whenever it is applied', () => {
    const waited = { now: at(60), receivedAt: at(10) };
    const decideAhead = (ms: number) => () =>
      decide(aScheduler(ID).build(), update().at(at(15, ms)).build(), waited);
    expect(decideAhead(0)).not.toThrow();
    expect(decideAhead(1)).toThrow(TimestampAhead);
  });

  it('opens its alert now, so that telling it has its full time', () => {
    const { alertChanges } = decide(aScheduler(ID).build(), update().failed().at(at(9)).build(), {
      now: at(60),
      receivedAt: at(10),
    });
    expect(alertChanges).toMatchObject([{ alert: { firstSeenAt: at(60) } }]);
  });
});
