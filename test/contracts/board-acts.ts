import type { Store } from '../../src/adapters/persistence/store';
import type { AlertSlot } from '../../src/domain/alerts/alert';
import type { AppBoard } from '../../src/domain/board/app-board';
import type { BoardAudit } from '../../src/domain/board/board-audit';
import type { BoardCircumstances, BoardDecision } from '../../src/domain/board/board-decision';
import type { CellUpdate } from '../../src/domain/board/cell';
import { decideCellUpdates, dedupKeysOf } from '../../src/domain/board/decide-cell-updates';
import { aBoard } from '../builders/a-board';
import { at, days, dueEntries, ids } from './acts';

/** What the services of the board do with a store, in one call each: read, decide, record. */

export interface ReadBoard {
  /** By app. */
  readonly boards: ReadonlyMap<string, AppBoard>;
  readonly slots: ReadonlyMap<string, AlertSlot>;
}

const ACTOR = { by: 'contract-key', correlationId: 'contract-correlation' };

export async function appOf(store: Store, app: string): Promise<AppBoard> {
  const [found, ...others] = await store.board.findApps([app]);
  if (found === undefined || others.length > 0) throw new Error(`${app} was not answered once`);
  return found;
}

/** Everything that updates of these cells may touch. */
export async function readBoard(
  store: Store,
  cells: readonly { readonly app: string; readonly domain: string }[],
): Promise<ReadBoard> {
  const boards = await store.board.findApps([...new Set(cells.map(({ app }) => app))]);
  const slots = await store.alerts.findSlots(dedupKeysOf(cells));
  return {
    boards: new Map(boards.map((board) => [board.app, board])),
    slots: new Map(slots.map((slot) => [slot.dedupKey, slot])),
  };
}

export function circumstancesOf(slots: ReadonlyMap<string, AlertSlot>, now: Date): BoardCircumstances {
  return { board: aBoard().build(), slots, actor: ACTOR, now, ids };
}

/** @throws Error when nothing is to be written */
export function decidePush(
  { boards, slots }: ReadBoard,
  updates: readonly CellUpdate[],
  now: Date,
): BoardDecision {
  const decision = decideCellUpdates(boards, updates, circumstancesOf(slots, now));
  if (decision === null) throw new Error('the updates are known already');
  return decision;
}

/** Takes the updates at the event time of the last, unless told otherwise. */
export async function push(
  store: Store,
  updates: readonly CellUpdate[],
  now = updates.at(-1)?.timestamp ?? at(0),
): Promise<BoardDecision> {
  const decision = decidePush(await readBoard(store, updates), updates, now);
  await store.board.record(decision);
  return decision;
}

/** The newest audit records of an app. */
export async function auditOf(store: Store, app: string): Promise<readonly BoardAudit[]> {
  const query = { app, domain: null, from: at(-days(1)) };
  return (await store.board.listAudit(query, { limit: 1_000, after: null })).items;
}

/** Every part of the decision is there, as it was decided. */
export async function expectBoardWritten(store: Store, decision: BoardDecision): Promise<void> {
  for (const board of decision.boards) expect(await appOf(store, board.app)).toEqual(board);
  for (const audit of decision.audits) expect(await auditOf(store, audit.app)).toContainEqual(audit);
  await expectAlertsWritten(store, decision);
}

export async function expectAlertsWritten(
  store: Store,
  { alertChanges }: Pick<BoardDecision, 'alertChanges'>,
): Promise<void> {
  const waiting = await dueEntries(store, at(600));
  for (const { alert, slot, outbox } of alertChanges) {
    expect(await store.alerts.find(alert.id)).toEqual(alert);
    expect(await store.alerts.findSlot(slot.dedupKey)).toEqual(slot);
    for (const entry of outbox) expect(waiting).toContainEqual(entry);
  }
}

/** Nothing of the decision is there. */
export async function expectBoardNotWritten(store: Store, decision: BoardDecision): Promise<void> {
  for (const board of decision.boards) expect(await appOf(store, board.app)).not.toEqual(board);
  for (const audit of decision.audits) expect(await auditOf(store, audit.app)).not.toContainEqual(audit);
  const waiting = new Set((await dueEntries(store, at(600))).map(({ id }) => id));
  for (const { alert, slot, outbox } of decision.alertChanges) {
    // One that only repeats or resolves was there before, in another shape.
    expect(await store.alerts.find(alert.id)).not.toEqual(alert);
    expect(await store.alerts.findSlot(slot.dedupKey)).not.toEqual(slot);
    for (const entry of outbox) expect(waiting).not.toContain(entry.id);
  }
}
