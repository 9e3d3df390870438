import { aCell, anAppBoard } from '../../../test/builders/an-app-board';
import { aSlot, anAlert } from '../../../test/builders/an-alert';
import { boardCircumstances, slotsAfter } from '../../../test/builders/board-circumstances';
import type { AlertSlot } from '../alerts/alert';
import { MOST_ALERTS_AT_ONCE } from './board';
import { IDLE_DEDUP_KEY, staleDedupKey, warningDedupKey } from './board-alerts';
import {
  cellsWithAlertDue,
  decideDueAlerts,
  decideIdleness,
  decideStaleCells,
  firstCells,
  newlyStaleCells,
} from './decide-board-checks';

const HOUR_MS = 3_600_000;
const LIMIT_MS = 2 * HOUR_MS;
const at = (hour: number, ms = 0) => new Date(Date.UTC(2026, 2, 2, hour, 0, 0, ms));
const CELL = { app: 'Planning', domain: 'Actual' };
const loading = (domain: string, hour = 10) =>
  aCell(domain, { status: 'Loading', statusAt: at(hour), startedAt: at(hour) });

describe('a cell that is loading', () => {
  it('is stale when that takes longer than the limit, and not a moment before', () => {
    const board = anAppBoard().withCell(loading('Actual', 10), loading('Budget', 11)).build();
    expect(newlyStaleCells(board, LIMIT_MS, at(12))).toEqual([]);
    expect(newlyStaleCells(board, LIMIT_MS, at(12, 1)).map(({ domain }) => domain)).toEqual(['Actual']);
  });

  it('counts from what is known when nobody said when it began', () => {
    const board = anAppBoard()
      .withCell({ ...loading('Actual'), startedAt: null })
      .build();
    expect(newlyStaleCells(board, LIMIT_MS, at(12, 1))).toHaveLength(1);
  });

  it('is not stale in any other status, however old that is', () => {
    const others = (['Blank', 'OK', 'Warning'] as const).map((status) => aCell(status, { status }));
    expect(
      newlyStaleCells(
        anAppBoard()
          .withCell(...others)
          .build(),
        LIMIT_MS,
        at(23),
      ),
    ).toEqual([]);
  });

  it('is told of once: it stays Loading, marked, with one warning alert', () => {
    const board = anAppBoard().withCell(loading('Actual'), aCell('Budget')).with({ version: 4 }).build();
    const circumstances = boardCircumstances(at(13), [CELL]);
    const stale = newlyStaleCells(board, LIMIT_MS, at(13));
    const decision = decideStaleCells(board, stale, circumstances);
    expect(decision).toMatchObject({
      audits: [],
      boards: [{ version: 5, lastUpdateAt: board.lastUpdateAt }],
    });
    const [after] = decision.boards;
    expect(after?.cells).toEqual([aCell('Budget'), { ...loading('Actual'), stale: true }]);
    expect(decision.alertChanges.map(({ alert }) => alert)).toMatchObject([
      {
        ...{ dedupKey: 'board_stale:Planning:Actual', source: 'board_stale', severity: 'warning' },
        title: 'Planning & Budget · Actual is loading for too long',
        labels: { app: 'Planning', domain: 'Actual' },
      },
    ]);
    expect(decision.alertChanges[0]?.alert.facts).toEqual(
      expect.arrayContaining([
        { label: 'Loading since', kind: 'instant', at: at(10) },
        { label: 'Loading for', kind: 'duration', ms: 3 * HOUR_MS },
      ]),
    );
    expect(newlyStaleCells(decision.boards[0] ?? board, LIMIT_MS, at(20))).toEqual([]);
  });
});

describe('alerts that were left due', () => {
  const due = { by: 'erp-key', correlationId: 'push-1', said: null };

  it('are raised in the name of who caused them, and are due no more', () => {
    const cell = aCell('Actual', { status: 'Warning', message: 'boom', alertDue: due });
    const board = anAppBoard().withCell(cell, aCell('Budget')).with({ version: 4 }).build();
    const circumstances = boardCircumstances(at(13), [CELL], {
      actor: { by: 'worker', correlationId: 'tick' },
    });
    const decision = decideDueAlerts(board, cellsWithAlertDue(board), circumstances);
    expect(decision.boards).toMatchObject([{ version: 5 }]);
    expect(decision.boards.flatMap(cellsWithAlertDue)).toEqual([]);
    expect(decision.alertChanges.map(({ alert }) => alert)).toMatchObject([
      {
        ...{ dedupKey: 'board_warning:Planning:Actual', status: 'firing', correlationId: 'push-1' },
        timeline: [{ by: 'erp-key' }],
      },
    ]);
  });

  it('are resolved when that is what was due', () => {
    const board = anAppBoard()
      .withCell(aCell('Actual', { status: 'OK', alertDue: due }))
      .build();
    const keys = [warningDedupKey('Planning', 'Actual'), staleDedupKey('Planning', 'Actual')];
    const open = keys.map((dedupKey) => aSlot(anAlert(dedupKey).with({ dedupKey }).build()));
    const circumstances = boardCircumstances(at(13), [CELL], {
      slots: new Map(open.map((slot) => [slot.dedupKey, slot])),
    });
    const { alertChanges } = decideDueAlerts(board, board.cells, circumstances);
    expect(alertChanges.map(({ alert }) => [alert.dedupKey, alert.status])).toEqual([
      ['board_stale:Planning:Actual', 'resolved'],
      ['board_warning:Planning:Actual', 'resolved'],
    ]);
  });

  it('end only what was told of its loading where the cell has begun anew: that says nothing of its end', () => {
    const board = anAppBoard()
      .withCell({ ...loading('Actual'), alertDue: due })
      .build();
    const keys = [warningDedupKey('Planning', 'Actual'), staleDedupKey('Planning', 'Actual')];
    const open = keys.map((dedupKey) => aSlot(anAlert(dedupKey).with({ dedupKey }).build()));
    const circumstances = boardCircumstances(at(13), [CELL], {
      slots: new Map(open.map((slot) => [slot.dedupKey, slot])),
    });
    const { alertChanges, boards } = decideDueAlerts(board, board.cells, circumstances);
    expect(alertChanges.map(({ alert }) => [alert.dedupKey, alert.status])).toEqual([
      ['board_stale:Planning:Actual', 'resolved'],
    ]);
    expect(boards.flatMap(cellsWithAlertDue)).toEqual([]);
  });

  it('are told as they were said where the cell has begun anew since', () => {
    const said = aCell('Actual', { status: 'Warning', message: 'boom' });
    const board = anAppBoard()
      .withCell({ ...loading('Actual'), alertDue: { ...due, said } })
      .build();
    const { alertChanges } = decideDueAlerts(board, board.cells, boardCircumstances(at(13), [CELL]));
    expect(alertChanges.map(({ alert }) => [alert.dedupKey, alert.status, alert.excerpt])).toEqual([
      [warningDedupKey('Planning', 'Actual'), 'firing', 'boom'],
    ]);
  });

  it('are taken a few cells at a time, so that one commit has room for both alerts of each', () => {
    const cells = Array.from({ length: 9 }, (_, n) => aCell(`D${n}`, { alertDue: due }));
    expect(firstCells(cells).length * 2).toBeLessThanOrEqual(MOST_ALERTS_AT_ONCE);
    expect(firstCells(cells)).toEqual(cells.slice(0, firstCells(cells).length));
    expect(firstCells([])).toEqual([]);
  });
});

describe('a board that gets no updates', () => {
  const DAY_MS = 24 * HOUR_MS;
  const heardAt = at(0);
  const look = (ms: number, slots: ReadonlyMap<string, AlertSlot>, lastUpdateAt: Date | null = heardAt) =>
    decideIdleness(
      lastUpdateAt,
      heardAt,
      DAY_MS,
      boardCircumstances(new Date(heardAt.getTime() + ms), [], { slots }),
    );
  const { slots: quiet } = boardCircumstances(heardAt, []);

  it('is told of after the limit, once, until an update arrives', () => {
    expect(look(DAY_MS, quiet)).toBeNull();
    const raised = look(DAY_MS + 1, quiet);
    expect(raised?.alert).toMatchObject({
      ...{ dedupKey: 'board_idle', source: 'board_idle', severity: 'warning', status: 'firing', labels: {} },
      title: 'The EPM board gets no updates: check the integration',
      details: { last_update: heardAt.toISOString() },
    });
    const told = slotsAfter(quiet, { alertChanges: raised === null ? [] : [raised] });
    expect(told.get(IDLE_DEDUP_KEY)?.open).not.toBeNull();
    expect(look(3 * DAY_MS, told)).toBeNull();
    const resolved = look(3 * DAY_MS, told, new Date(heardAt.getTime() + 2.5 * DAY_MS));
    expect(resolved?.alert).toMatchObject({ id: raised?.alert.id, status: 'resolved' });
  });

  it('counts from when it was first looked at, if not one update has ever arrived', () => {
    expect(look(DAY_MS, quiet, null)).toBeNull();
    expect(look(DAY_MS + 1, quiet, null)?.alert).toMatchObject({
      summary: 'not one update has ever arrived',
      details: { last_update: null },
      facts: [{ label: 'No update for', ms: DAY_MS + 1 }],
    });
  });
});
