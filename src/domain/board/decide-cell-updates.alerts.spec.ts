import { aCellUpdate } from '../../../test/builders/a-cell-update';
import { aSlot, anAlert } from '../../../test/builders/an-alert';
import { aCell, anAppBoard } from '../../../test/builders/an-app-board';
import { boardCircumstances, slotsAfter } from '../../../test/builders/board-circumstances';
import { decidedOn, decideOn as decideAt, type SaidUpdate } from '../../../test/builders/board-decisions';
import { findCell, type AppBoard } from './app-board';
import { MOST_ALERTS_AT_ONCE } from './board';
import { IDLE_DEDUP_KEY, staleDedupKey, warningDedupKey } from './board-alerts';
import type { BoardDecision } from './board-decision';
import { dedupKeysInPlay, dedupKeysOf } from './decide-cell-updates';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 17, minute));
const NOW = at(30);
const actual = () => aCellUpdate('Planning', 'Actual');
const budget = () => aCellUpdate('Planning', 'Budget');
const fccs = () => aCellUpdate('FCCS', 'Consolidation');
const LOADING = aCell('Actual', { status: 'Loading', jobId: 'J', statusAt: at(10), startedAt: at(10) });
const WARNING_KEY = warningDedupKey('Planning', 'Actual');
const STALE_KEY = staleDedupKey('Planning', 'Actual');

const decideOn = (known: readonly AppBoard[], said: readonly SaidUpdate[], fields = {}) =>
  decideAt(NOW, known, said, fields);
const decided = (known: readonly AppBoard[], said: readonly SaidUpdate[], fields = {}) =>
  decidedOn(NOW, known, said, fields);

/** The slots of a board in which these alerts are open. */
function slotsWith(...dedupKeys: readonly string[]) {
  const { slots } = boardCircumstances(NOW, [actual().build(), budget().build()]);
  const open = dedupKeys.map((dedupKey) => aSlot(anAlert(dedupKey).with({ dedupKey }).build()));
  return { slots: new Map([...slots, ...open.map((slot) => [slot.dedupKey, slot] as const)]) };
}

function alertsOf({ alertChanges }: BoardDecision) {
  return alertChanges.map(({ alert }) => ({ dedupKey: alert.dedupKey, status: alert.status }));
}

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
    const before = anAppBoard('Planning')
      .withCell(warning)
      .with({ lastUpdateAt: at(29) })
      .build();
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
    const due = { by: 'erp-key', correlationId: 'correlation-1', said: null };
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

  it('are raised by a Warning of a cell that begins anew in the same request', () => {
    const updates = [actual().warning('J', 'ORA-1').at(at(1)), actual().loading('K').at(at(2))];
    const { alertChanges, boards } = decided([], updates);
    expect(alertChanges.map(({ alert }) => alert)).toMatchObject([
      {
        dedupKey: WARNING_KEY,
        status: 'firing',
        excerpt: 'ORA-1',
        details: { status: 'Warning', job_id: 'J' },
      },
    ]);
    expect(boards[0]?.cells).toMatchObject([{ status: 'Loading', jobId: 'K', alertDue: null }]);
  });

  it.each([
    ['OK', 'OK'],
    ['Blank', 'cleared'],
  ] as const)('are resolved by %s of a cell that begins anew in the same request', (status, resolution) => {
    const before = anAppBoard('Planning')
      .withCell(aCell('Actual', { status: 'Warning', statusAt: at(1) }))
      .build();
    const updates = [actual().with({ status, timestamp: at(2) }), actual().loading('K').at(at(3))];
    const { alertChanges } = decided([before], updates, slotsWith(WARNING_KEY));
    expect(alertChanges.map(({ alert }) => alert)).toMatchObject([{ status: 'resolved', resolution }]);
  });

  it('follow the last word that applied, whatever was said before it and whatever is late', () => {
    const cured = [
      actual().warning('J').at(at(1)),
      actual().ok('J').at(at(2)),
      actual().loading('K').at(at(3)),
    ];
    expect(decided([], cured).alertChanges).toEqual([]);
    const warned = [...cured.slice(0, 1), actual().loading('K').at(at(3)), actual().ok('J').at(at(2))];
    expect(alertsOf(decided([], warned))).toEqual([{ dedupKey: WARNING_KEY, status: 'firing' }]);
  });

  it('that are due of cells that have begun anew remember what was said', () => {
    const domains = Array.from({ length: MOST_ALERTS_AT_ONCE + 1 }, (_, n) => `D${n}`);
    const last = domains.at(-1) as string;
    const updates = domains.map((domain) => aCellUpdate('Planning', domain).warning().at(at(1)));
    const decision = decided([], [...updates, aCellUpdate('Planning', last).loading('K').at(at(2))]);
    expect(alertsOf(decision)).toHaveLength(MOST_ALERTS_AT_ONCE);
    const due = decision.boards[0]?.cells.filter(({ alertDue }) => alertDue !== null);
    expect(due).toMatchObject([
      { domain: last, status: 'Loading', alertDue: { said: { status: 'Warning', message: 'boom' } } },
    ]);
  });

  describe('about a loading that took too long, without a job', () => {
    const stale = { ...LOADING, jobId: null, stale: true };
    const before = anAppBoard('Planning').withCell(stale).build();
    const open = slotsWith(STALE_KEY);
    const resolved = [{ dedupKey: STALE_KEY, status: 'resolved' }];

    it('stay open when it is only said again, and end with its end', () => {
      const again = decided([before], [actual().loading(null).at(at(20))], open);
      expect(again.alertChanges).toEqual([]);
      expect(again.boards[0]?.cells).toEqual([{ ...stale, statusAt: at(20), receivedAt: NOW }]);
      const ended = decided(again.boards, [actual().ok(null).at(at(25))], open);
      expect(alertsOf(ended)).toEqual(resolved);
      expect(ended.boards[0]?.cells).toMatchObject([{ stale: false, durationMs: 900_000 }]);
    });

    it('end when it ended in between, in one request', () => {
      const updates = [actual().ok(null).at(at(20)), actual().loading(null).at(at(21))];
      const decision = decided([before], updates, open);
      expect(alertsOf(decision)).toEqual(resolved);
      expect(decision.boards[0]?.cells).toMatchObject([{ stale: false, startedAt: at(21) }]);
    });
  });

  it('about a board that had gone quiet end with what says nothing new, when it is time for a sign of life', () => {
    const known = anAppBoard('Planning').withCell(LOADING);
    const again = [actual().loading('J').at(at(10))];
    const quiet = known.with({ lastUpdateAt: new Date(NOW.getTime() - 86_400_000) }).build();
    const resolved = [{ dedupKey: IDLE_DEDUP_KEY, status: 'resolved' }];
    expect(alertsOf(decided([quiet], again, slotsWith(IDLE_DEDUP_KEY)))).toEqual(resolved);
    expect(decided([quiet], again, { slots: new Map() }).alertChanges).toEqual([]);
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

describe('the alerts in play', () => {
  const keys = (board: AppBoard, said: readonly SaidUpdate[], quietSince = at(0)) =>
    dedupKeysInPlay(
      said.map((one) => one.build()),
      new Map([[board.app, board]]),
      quietSince,
    );
  const heard = anAppBoard('Planning').with({ lastUpdateAt: at(10) });

  it('are that of a Warning for every word but Loading, each once', () => {
    expect(keys(heard.build(), [actual().loading()])).toEqual([]);
    for (const word of [actual().ok(), actual().warning(), actual().blank()])
      expect(keys(heard.build(), [word, actual().loading(), word])).toEqual([WARNING_KEY]);
  });

  it('are that of a loading that takes too long where that was told', () => {
    expect(keys(heard.withCell({ ...LOADING, stale: true }).build(), [actual().loading('K')])).toEqual([
      STALE_KEY,
    ]);
    expect(keys(heard.withCell(LOADING).build(), [actual().loading('K')])).toEqual([]);
  });

  it('are that of the board where it may have gone quiet', () => {
    const board = heard.with({ cells: [] }).build();
    expect(keys(board, [actual().loading()], at(9))).toEqual([]);
    expect(keys(board, [actual().loading()], at(10))).toEqual([IDLE_DEDUP_KEY]);
    expect(keys({ ...board, lastUpdateAt: null }, [actual().loading()])).toEqual([IDLE_DEDUP_KEY]);
  });

  it('are all that a request needs that warns and begins anew', () => {
    const updates = [actual().warning('J').at(at(11)), actual().loading('K').at(at(12))];
    const board = heard.with({ cells: [{ ...LOADING, stale: true }] }).build();
    const { slots: all } = boardCircumstances(NOW, [actual().build()]);
    const read = new Set(keys(board, updates));
    const slots = new Map([...all].filter(([key]) => read.has(key)));
    expect(alertsOf(decided([board], updates, { slots }))).toEqual([
      { dedupKey: WARNING_KEY, status: 'firing' },
    ]);
  });
});
