import fc from 'fast-check';
import { aBoard } from '../../../test/builders/a-board';
import { aCellUpdate } from '../../../test/builders/a-cell-update';
import { anAlert, aSlot } from '../../../test/builders/an-alert';
import { aCell, anAppBoard } from '../../../test/builders/an-app-board';
import { ids } from '../../../test/contracts/acts';
import { emptySlot, type AlertSlot } from '../../domain/alerts/alert';
import { findCell } from '../../domain/board/app-board';
import { warningDedupKey } from '../../domain/board/board-alerts';
import { InvalidTimestamp } from '../../domain/board/board.errors';
import type { CellUpdate } from '../../domain/board/cell';
import { decideCellUpdates, dedupKeysInPlay } from '../../domain/board/decide-cell-updates';
import type { BoardChange } from './board-change';
import { decideTogether } from './decide-together';

const NOW = new Date('2026-03-02T17:00:00.000Z');
const KEY = warningDedupKey('Planning', 'Actual');

function changeOf(update: CellUpdate, by = 'key'): BoardChange {
  return {
    apps: [update.app],
    actor: { by, correlationId: `of ${by}` },
    dedupKeys: (boards) => dedupKeysInPlay([update], boards, new Date(0)),
    decide: (boards, circumstances) => decideCellUpdates(boards, [update], circumstances),
  };
}

const push = (domain: string) => aCellUpdate('Planning', domain).at(NOW);
const circumstances = (...slots: readonly ReturnType<typeof aSlot>[]) => ({
  board: aBoard().build(),
  slots: new Map(slots.map((slot) => [slot.dedupKey, slot])),
  now: NOW,
  ids,
});

describe('changes that are decided together', () => {
  const before = anAppBoard('Planning').with({ version: 7 }).build();

  it('become one version, each with an audit record of its own and the app as it stood after it', () => {
    const changes = [
      changeOf(push('Actual').loading('A').build(), 'one'),
      changeOf(push('Budget').loading('B').build(), 'two'),
    ];
    const { outcomes, decision } = decideTogether(before, changes, circumstances());
    const boards = outcomes.map((outcome) => ('value' in outcome ? outcome.value : null));
    expect(boards.map((board) => board?.cells.map(({ domain }) => domain))).toEqual([
      ['Actual'],
      ['Actual', 'Budget'],
    ]);
    expect(boards.map((board) => board?.version)).toEqual([8, 8]);
    expect(decision?.boards).toEqual([boards[1]]);
    expect(decision?.audits).toMatchObject([
      { by: 'one', correlationId: 'of one', changes: [{ domain: 'Actual' }] },
      { by: 'two', correlationId: 'of two', changes: [{ domain: 'Budget' }] },
    ]);
    expect(new Set(decision?.audits.map(({ id }) => id)).size).toBe(2);
  });

  it('see each other: a begin and its end, and the same push twice', () => {
    const end = push('Actual')
      .ok('A')
      .at(new Date(NOW.getTime() + 1));
    const changes = [push('Actual').loading('A'), end, end].map((update) => changeOf(update.build()));
    const { outcomes, decision } = decideTogether(
      before,
      changes,
      circumstances(aSlot(null, { dedupKey: KEY })),
    );
    expect(outcomes).toHaveLength(3);
    expect(decision?.audits.map(({ changes: [change] }) => [change?.from, change?.to])).toEqual([
      ['Blank', 'Loading'],
      ['Loading', 'OK'],
    ]);
    expect(decision?.boards[0]).toMatchObject({ version: 8, jobs: [{ jobId: 'A', status: 'OK' }] });
  });

  it('do not suffer from one that is refused', () => {
    const ahead = push('Budget')
      .loading('B')
      .at(new Date(NOW.getTime() + 600_000));
    const updates = [push('Actual').loading('A'), ahead, push('Plan').loading('C')];
    const changes = updates.map((update) => changeOf(update.build()));
    const { outcomes, decision } = decideTogether(before, changes, circumstances());
    expect(outcomes[1]).toEqual({ error: expect.any(InvalidTimestamp) as unknown });
    expect(decision?.boards[0]?.cells.map(({ domain }) => domain)).toEqual(['Actual', 'Plan']);
  });

  it('end with the first that touches an alert: the next must see its slot', () => {
    const updates = [push('Budget').loading('B'), push('Actual').warning('A'), push('Plan').loading('C')];
    const changes = updates.map((update) => changeOf(update.build()));
    const slot = emptySlot(KEY);
    const { outcomes, decision } = decideTogether(before, changes, circumstances(slot));
    expect(outcomes).toHaveLength(2);
    expect(decision).toMatchObject({
      alertChanges: [{ slot: { dedupKey: KEY, version: slot.version + 1 } }],
    });
    expect(decision?.audits).toHaveLength(2);
  });

  it('end before one that needs a slot nobody has read', () => {
    const changes = [push('Budget').loading('B'), push('Actual').ok('A')].map((u) => changeOf(u.build()));
    expect(decideTogether(before, changes, circumstances()).outcomes).toHaveLength(1);
  });

  it('write nothing when all of them are known already', () => {
    const cell = aCell('Actual', { status: 'Loading', jobId: 'A', statusAt: NOW });
    const board = { ...before, cells: [cell], lastUpdateAt: NOW };
    const changes = [push('Actual').loading('A'), push('Actual').loading('A')].map((u) =>
      changeOf(u.build()),
    );
    const { outcomes, decision } = decideTogether(board, changes, circumstances());
    expect(decision).toBeNull();
    expect(outcomes).toEqual([{ value: board }, { value: board }]);
  });

  it('resolve an open alert as one alone would', () => {
    const board = { ...before, cells: [aCell('Actual', { status: 'Warning', jobId: 'A' })] };
    const open = aSlot(anAlert().with({ dedupKey: KEY }).build());
    const changes = [push('Budget').loading('B'), push('Actual').ok('A')].map((u) => changeOf(u.build()));
    const { decision } = decideTogether(board, changes, circumstances(open));
    expect(decision?.alertChanges).toMatchObject([{ alert: { status: 'resolved' } }]);
    expect(findCell(decision?.boards[0] ?? board, 'Actual')?.status).toBe('OK');
  });

  it('leave the board, its alerts and its audit as one after the other would', () => {
    fc.assert(
      fc.property(fc.array(anyPush, { minLength: 1, maxLength: 20 }), (updates) => {
        const changes = updates.map((update, n) => changeOf(update, `key ${n}`));
        expect(played(changes, changes.length)).toEqual(played(changes, 1));
      }),
    );
  });
});

const anyPush: fc.Arbitrary<CellUpdate> = fc
  .record({
    domain: fc.constantFrom('Actual', 'Budget', 'Plan'),
    status: fc.constantFrom('Loading', 'OK', 'Warning', 'Blank'),
    jobId: fc.constantFrom('A', 'B', null),
    // The last is refused.
    atMs: fc.constantFrom(0, 1, 2, 3, 600_000),
    isDated: fc.boolean(),
  })
  .map(({ domain, status, jobId, atMs, isDated }) =>
    aCellUpdate('Planning', domain)
      .with({ status, jobId: status === 'Blank' ? null : jobId })
      .with({ timestamp: isDated ? new Date(NOW.getTime() + atMs) : NOW })
      .build(),
  );

/** What stands at the end of all changes, and how each was answered. @param together how many wait for a turn at most */
function played(changes: readonly BoardChange[], together: number) {
  let board = anAppBoard('Planning').build();
  const slots = new Map<string, AlertSlot>();
  const audits: unknown[] = [];
  const answers: unknown[] = [];
  for (let from = 0; from < changes.length;) {
    const turn = changes.slice(from, from + together);
    const keys = turn.flatMap(({ dedupKeys }) => dedupKeys(new Map([[board.app, board]])));
    const read = keys.map((key) => slots.get(key) ?? emptySlot(key));
    const { outcomes, decision } = decideTogether(board, turn, circumstances(...read));
    from += outcomes.length;
    answers.push(...outcomes.map((outcome) => ('error' in outcome ? outcome.error : outcome.value.cells)));
    if (decision === null) continue;
    board = decision.boards[0] ?? board;
    for (const { slot } of decision.alertChanges) slots.set(slot.dedupKey, slot);
    audits.push(...decision.audits.map((audit) => ({ ...audit, id: null })));
  }
  const alerts = [...slots.values()].map(({ open, version }) => [
    version,
    open?.dedupKey,
    open?.status,
    open?.occurrences,
  ]);
  return { stands: { ...board, version: null }, audits, answers, alerts };
}
