import { aCellUpdate } from '../../../test/builders/a-cell-update';
import { aSlot, anAlert } from '../../../test/builders/an-alert';
import { aCell, anAppBoard } from '../../../test/builders/an-app-board';
import { boardCircumstances, slotsAfter } from '../../../test/builders/board-circumstances';
import { emptyAppBoard, findCell, type AppBoard } from './app-board';
import { MOST_ALERTS_AT_ONCE } from './board';
import { IDLE_DEDUP_KEY, staleDedupKey, warningDedupKey } from './board-alerts';
import type { BoardCircumstances, BoardDecision } from './board-decision';
import type { CellUpdate } from './cell';
import { decideCellUpdates, dedupKeysOf } from './decide-cell-updates';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 17, minute));
const NOW = at(30);
const actual = () => aCellUpdate('Planning', 'Actual');
const budget = () => aCellUpdate('Planning', 'Budget');
const fccs = () => aCellUpdate('FCCS', 'Consolidation');
const LOADING = aCell('Actual', { status: 'Loading', jobId: 'J', statusAt: at(10), startedAt: at(10) });

interface Built {
  build(): CellUpdate;
}

/** What is known beforehand: apps, and what of the circumstances is not usual. */
function decideOn(
  known: readonly AppBoard[],
  builders: readonly Built[],
  fields: Partial<BoardCircumstances> = {},
): BoardDecision | null {
  const updates = builders.map((builder) => builder.build());
  const apps = updates.map(({ app }) => emptyAppBoard(app));
  const boards = new Map([...apps, ...known].map((board) => [board.app, board]));
  return decideCellUpdates(boards, updates, boardCircumstances(NOW, updates, fields));
}

function decided(known: readonly AppBoard[], builders: readonly Built[], fields = {}): BoardDecision {
  const decision = decideOn(known, builders, fields);
  if (decision === null) throw new Error('nothing was decided');
  return decision;
}

/** The slots of a board in which these alerts are open. */
function slotsWith(...dedupKeys: readonly string[]) {
  const { slots } = boardCircumstances(NOW, [actual().build(), budget().build()]);
  const open = dedupKeys.map((dedupKey) => aSlot(anAlert(dedupKey).with({ dedupKey }).build()));
  return { slots: new Map([...slots, ...open.map((slot) => [slot.dedupKey, slot] as const)]) };
}

function alertsOf({ alertChanges }: BoardDecision) {
  return alertChanges.map(({ alert }) => ({ dedupKey: alert.dedupKey, status: alert.status }));
}

describe('late events', () => {
  const before = anAppBoard('Planning').withCell(LOADING).build();
  const late = actual()
    .ok('I')
    .at(new Date(LOADING.statusAt.getTime() - 1));

  it('are kept in the history of their job, and audited as not applied', () => {
    const { boards, audits } = decided([before], [late]);
    expect(boards[0]).toMatchObject({ cells: [LOADING], jobs: [{ jobId: 'I', status: 'OK' }] });
    expect(audits[0]?.changes).toMatchObject([{ to: 'OK', applied: false, jobId: 'I' }]);
  });

  it('write nothing when they are heard again, or name no job', () => {
    const [after] = decided([before], [late]).boards as [AppBoard];
    expect(decideOn([after], [late])).toBeNull();
    expect(decideOn([before], [late.with({ jobId: null })])).toBeNull();
  });
});

it('leaves a job of which nobody will say how it ended when its cell turns to another, or is cleared', () => {
  const begun = decided([emptyAppBoard('Planning')], [actual().loading('J').at(at(1))]).boards;
  const other = decided(begun, [actual().loading('K').at(at(2))]).boards[0];
  expect(other?.jobs).toMatchObject([
    { jobId: 'J', status: 'Blank', completedAt: at(2), openDomains: [] },
    { jobId: 'K', status: 'Loading' },
  ]);
  const cleared = decided(begun, [actual().blank().at(at(3))]).boards[0];
  expect(cleared?.jobs).toMatchObject([{ jobId: 'J', status: 'Blank', completedAt: at(3) }]);
});

describe('updates of cells', () => {
  it('change the app, tell the job and leave an audit of who changed what', () => {
    const before = anAppBoard('Planning').withCell(LOADING).with({ version: 7 }).build();
    const { boards, audits } = decided([before], [actual().warning('J', 'boom').at(at(20))]);
    expect(boards).toEqual([
      {
        app: 'Planning',
        cells: [
          {
            ...LOADING,
            ...{ status: 'Warning', message: 'boom', statusAt: at(20), receivedAt: NOW, durationMs: 600_000 },
          },
        ],
        jobs: [expect.objectContaining({ jobId: 'J', status: 'Warning', completedAt: at(20) })],
        lastUpdateAt: NOW,
        version: 8,
      },
    ]);
    const change = {
      ...{ domain: 'Actual', from: 'Loading', to: 'Warning', applied: true },
      ...{ jobId: 'J', message: 'boom', timestamp: at(20) },
    };
    expect(audits).toMatchObject([
      { app: 'Planning', at: NOW, by: 'erp-key', correlationId: 'correlation-1', changes: [change] },
    ]);
  });

  it('write nothing when status and job are those of now', () => {
    const before = anAppBoard('Planning').withCell(LOADING).build();
    expect(decideOn([before], [actual().loading('J').at(at(20))])).toBeNull();
    expect(
      decideOn([before], [actual().loading('J').at(at(5)), actual().loading('J').at(at(25))]),
    ).toBeNull();
    expect(decideOn([], [actual().blank()])).toBeNull();
  });

  it('of an older event leave the cell as it is, and are kept in its job and the audit', () => {
    const before = anAppBoard('Planning').withCell(LOADING).build();
    const { boards, audits, alertChanges } = decided([before], [actual().warning('OLD').at(at(9))]);
    expect(boards[0]?.cells).toEqual([LOADING]);
    expect(boards[0]?.jobs).toMatchObject([{ jobId: 'OLD', status: 'Warning', completedAt: at(9) }]);
    expect(boards[0]).toMatchObject({ lastUpdateAt: NOW, version: before.version + 1 });
    expect(audits[0]?.changes).toMatchObject([
      { from: 'Loading', to: 'Warning', applied: false, jobId: 'OLD' },
    ]);
    expect(alertChanges).toEqual([]);
  });

  it('are refused when they happened more than five minutes ahead of our clock, naming the element of a batch', () => {
    const within = new Date(NOW.getTime() + 5 * 60_000);
    const beyond = new Date(within.getTime() + 1);
    expect(decideOn([], [actual().ok().at(within)])).not.toBeNull();
    expect(() => decideOn([], [actual().ok().at(beyond)])).toThrow(
      /^timestamp must not be more than 5 minutes/,
    );
    expect(() => decideOn([], [actual().ok(), budget().ok().at(beyond)])).toThrow(/^updates\[1\]\.timestamp/);
  });

  it('of several apps are one decision, in which each app that changed is once', () => {
    const known = anAppBoard('FCCS')
      .withCell(aCell('Consolidation', { status: 'OK', jobId: 'K' }))
      .build();
    const updates = [actual().loading('J').at(at(1)), fccs().ok('K'), budget().loading('J').at(at(1))];
    const { boards, audits } = decided([known], updates);
    expect(boards.map(({ app, version }) => [app, version])).toEqual([['Planning', 1]]);
    expect(audits.map(({ changes }) => changes.map(({ domain }) => domain))).toEqual([['Actual', 'Budget']]);
    const both = decided([known], [actual().ok().at(at(1)), fccs().warning('L').at(at(13))]);
    expect(both.boards.map(({ app }) => app)).toEqual(['Planning', 'FCCS']);
    expect(new Set(both.audits.map(({ id }) => id)).size).toBe(2);
  });

  it('of one cell apply in their order', () => {
    const updates = [
      actual().loading('J').at(at(1)),
      actual().loading('J').at(at(1)),
      actual().warning('J').at(at(3)),
      actual().ok('I').at(at(2)),
    ];
    const { boards, audits } = decided([], updates);
    expect(boards[0]?.cells).toMatchObject([{ status: 'Warning', jobId: 'J', durationMs: 120_000 }]);
    expect(audits[0]?.changes.map(({ from, to, applied }) => [from, to, applied])).toEqual([
      ['Blank', 'Loading', true],
      ['Loading', 'Warning', true],
      ['Warning', 'OK', false],
    ]);
    expect(boards[0]?.version).toBe(1);
  });

  it('are never decided on an app or an alert that was not read', () => {
    const update = actual().warning().build();
    const circumstances = boardCircumstances(NOW, [update]);
    expect(() => decideCellUpdates(new Map(), [update], circumstances)).toThrow(TypeError);
    expect(() => decideOn([], [actual().warning()], { slots: new Map() })).toThrow(TypeError);
  });
});

describe('the alerts of a cell', () => {
  it('are raised by a Warning, with what the reader wants to know and where to route it', () => {
    const before = anAppBoard('Planning').withCell(LOADING).build();
    const warned = actual().warning('J', 'ORA-1').with({ server: 'planning' }).at(at(12));
    const { alertChanges } = decided([before], [warned]);
    expect(alertChanges.map(({ alert }) => alert)).toMatchObject([
      {
        ...{ dedupKey: 'board_warning:Planning:Actual', source: 'board_warning', severity: 'critical' },
        ...{ status: 'firing', summary: 'ORA-1', excerpt: 'ORA-1', correlationId: 'correlation-1' },
        title: 'Planning & Budget · Actual: Warning',
        labels: { app: 'Planning', domain: 'Actual' },
        facts: [
          { label: 'App', text: 'Planning & Budget' },
          { label: 'Domain', text: 'Actual' },
          { label: 'Job', text: 'J' },
          { label: 'Server', text: 'planning' },
          { label: 'Ran for', ms: 120_000 },
          { label: 'Warned at', at: at(12) },
        ],
        details: { app: 'Planning', domain: 'Actual', status: 'Warning', job_id: 'J', duration_ms: 120_000 },
        timeline: [{ by: 'erp-key' }],
      },
    ]);
    expect(alertChanges[0]?.outbox).toHaveLength(1);
  });

  it('count a Warning of another job as one more occurrence', () => {
    const first = decided([], [actual().warning('J').at(at(1))]);
    const { slots } = boardCircumstances(NOW, [actual().build()]);
    const second = decided(first.boards, [actual().warning('K').at(at(2))], {
      slots: slotsAfter(slots, first),
    });
    expect(second.alertChanges[0]?.alert).toMatchObject({ occurrences: 2, details: { job_id: 'K' } });
  });

  it.each([
    ['OK', 'OK'],
    ['Blank', 'cleared'],
  ] as const)('are resolved by %s', (status, resolution) => {
    const before = anAppBoard('Planning')
      .withCell(aCell('Actual', { status: 'Warning', statusAt: at(1) }))
      .build();
    const open = slotsWith(warningDedupKey('Planning', 'Actual'));
    const { alertChanges } = decided([before], [actual().with({ status, timestamp: at(2) })], open);
    expect(alertChanges.map(({ alert }) => alert)).toMatchObject([{ status: 'resolved', resolution }]);
  });

  it('stay open while the cell is loading again', () => {
    const before = anAppBoard('Planning')
      .withCell(aCell('Actual', { status: 'Warning', statusAt: at(1) }))
      .build();
    const open = slotsWith(warningDedupKey('Planning', 'Actual'));
    expect(decided([before], [actual().loading('K').at(at(2))], open).alertChanges).toEqual([]);
  });

  it('take no notice of a late event', () => {
    const warning = aCell('Actual', { status: 'Warning', statusAt: at(10) });
    const before = anAppBoard('Planning').withCell(warning).build();
    const open = slotsWith(warningDedupKey('Planning', 'Actual'), staleDedupKey('Planning', 'Actual'));
    for (const late of [actual().ok('I'), actual().warning('I')])
      expect(decided([before], [late.at(at(9))], open).alertChanges).toEqual([]);
    expect(decideOn([before], [actual().blank().at(at(9))], open)).toBeNull();
  });

  it('about a loading that took too long end with whatever comes next', () => {
    const before = anAppBoard('Planning')
      .withCell({ ...LOADING, stale: true })
      .build();
    const stale = { dedupKey: staleDedupKey('Planning', 'Actual'), status: 'resolved' };
    for (const next of [actual().ok('J'), actual().blank(), actual().loading('K')]) {
      const decision = decided([before], [next.at(at(20))], slotsWith(stale.dedupKey));
      expect(alertsOf(decision)).toEqual([stale]);
      expect(decision.boards[0]?.cells).toMatchObject([{ stale: false }]);
    }
    const warned = decided([before], [actual().warning('J').at(at(20))], slotsWith(stale.dedupKey));
    expect(alertsOf(warned)).toEqual([
      stale,
      { dedupKey: warningDedupKey('Planning', 'Actual'), status: 'firing' },
    ]);
  });

  it('are those of the status that the cell has in the end', () => {
    const updates = [actual().warning('J').at(at(1)), actual().ok('J').at(at(2))];
    expect(decided([], updates).alertChanges).toEqual([]);
  });

  it('about a board that had gone quiet end with the next update, also with a late one', () => {
    const before = anAppBoard('Planning').withCell(LOADING).build();
    const idle = { dedupKey: IDLE_DEDUP_KEY, status: 'resolved' };
    for (const next of [actual().ok('J').at(at(20)), actual().ok('I').at(at(1))])
      expect(alertsOf(decided([before], [next], slotsWith(IDLE_DEDUP_KEY)))).toEqual([idle]);
  });

  it('that do not fit into one commit are left due, in the name of who caused them', () => {
    const domains = Array.from({ length: MOST_ALERTS_AT_ONCE + 2 }, (_, n) => `D${n}`);
    const updates = domains.map((domain) => aCellUpdate('Planning', domain).warning().at(at(1)));
    const { boards, alertChanges, audits } = decided([], updates);
    expect(alertChanges).toHaveLength(MOST_ALERTS_AT_ONCE);
    const dueOf = (domain: string) => findCell(boards[0] as AppBoard, domain)?.alertDue;
    const due = { by: 'erp-key', correlationId: 'correlation-1' };
    expect(domains.map(dueOf)).toEqual([
      ...Array.from({ length: MOST_ALERTS_AT_ONCE }, () => null),
      due,
      due,
    ]);
    expect(audits[0]?.changes).toHaveLength(domains.length);
  });

  it('of one cell are never torn apart', () => {
    const cells = ['A', 'B', 'C'].map((domain) => ({ ...LOADING, domain, stale: true }));
    const before = anAppBoard('Planning')
      .withCell(...cells)
      .build();
    const stale = cells.map(({ domain }) => staleDedupKey('Planning', domain));
    const updates = cells.map(({ domain }) => aCellUpdate('Planning', domain).warning('J').at(at(20)));
    const { slots } = boardCircumstances(
      NOW,
      updates.map((update) => update.build()),
    );
    const open = stale.map(
      (dedupKey) => [dedupKey, aSlot(anAlert(dedupKey).with({ dedupKey }).build())] as const,
    );
    const decision = decided([before], updates, { slots: new Map([...slots, ...open]) });
    expect(alertsOf(decision).map(({ dedupKey }) => dedupKey)).toEqual([
      ...[stale[0], warningDedupKey('Planning', 'A'), stale[1], warningDedupKey('Planning', 'B')],
    ]);
    expect(decision.boards[0]?.cells.filter(({ alertDue }) => alertDue !== null)).toMatchObject([
      { domain: 'C' },
    ]);
  });

  it('have dedup keys of their own for each cell and kind, and one for the board', () => {
    const cells = [actual().build(), actual().build(), fccs().build()];
    expect(dedupKeysOf(cells)).toEqual([
      'board_idle',
      'board_stale:Planning:Actual',
      'board_warning:Planning:Actual',
      'board_stale:FCCS:Consolidation',
      'board_warning:FCCS:Consolidation',
    ]);
  });
});
