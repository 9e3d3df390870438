import type { AlertChange } from '../alerts/alert-change';
import { raiseAlert, resolveAlert } from '../alerts/raise-alert';
import { findCell, withCell, type AppBoard } from './app-board';
import { MOST_ALERTS_AT_ONCE } from './board';
import { IDLE_DEDUP_KEY, staleDedupKey, warningCandidate, warningDedupKey } from './board-alerts';
import type { CellChange } from './board-audit';
import { causeOf, slotOf, type BoardCircumstances, type BoardDecision } from './board-decision';
import { InvalidTimestamp } from './board.errors';
import type { Cell, CellUpdate } from './cell';
import { withJobLeft, withJobUpdate, type EpmJob } from './epm-job';
import { judgeUpdate, LARGEST_CLOCK_LEAD_MS, nextCell } from './next-cell';

/** One app while the updates of a request are applied to it. */
interface Draft {
  readonly before: AppBoard;
  readonly board: AppBoard;
  readonly changes: readonly CellChange[];
}

/**
 * What one or more updates do to the board, its audit and its alerts (spec 20, "Rules of a cell"). Several of one cell apply in their order.
 * @param boards the apps that the updates name
 * @returns `null` when all of them are known already: nothing is to be written
 * @throws InvalidTimestamp when an event time is more than 5 minutes ahead of `now`
 */
export function decideCellUpdates(
  boards: ReadonlyMap<string, AppBoard>,
  updates: readonly CellUpdate[],
  circumstances: BoardCircumstances,
): BoardDecision | null {
  const drafts = new Map<string, Draft>();
  for (const [index, update] of updates.entries()) {
    if (update.timestamp.getTime() - circumstances.now.getTime() > LARGEST_CLOCK_LEAD_MS)
      throw new InvalidTimestamp(updates.length > 1 ? index : null, update.timestamp, circumstances.now);
    const board = boards.get(update.app);
    if (board === undefined) throw new TypeError(`the board of app ${update.app} was not read`);
    const draft = drafts.get(update.app) ?? { before: board, board, changes: [] };
    drafts.set(update.app, applyUpdate(draft, update, circumstances.now));
  }
  const changed = [...drafts.values()].filter(({ changes }) => changes.length > 0);
  if (changed.length === 0) return null;
  return withAlerts(changed, circumstances);
}

function applyUpdate(draft: Draft, update: CellUpdate, now: Date): Draft {
  const { board, changes } = draft;
  const before = findCell(board, update.domain);
  const kind = judgeUpdate(before, update);
  if (kind === 'repeated') return draft;
  const applied = kind === 'applied';
  const left = applied ? withoutLeftJob(board, before, update) : board.jobs;
  const jobs = withJobUpdate(left, update);
  // A late event is kept in the history of its job. Heard again, or without a job, it says nothing new.
  if (!applied && jobs === board.jobs) return draft;
  const next = applied ? withCell(board, nextCell(before, update, now)) : board;
  const change: CellChange = {
    domain: update.domain,
    from: before?.status ?? 'Blank',
    to: update.status,
    applied,
    jobId: update.jobId,
    message: update.message,
    timestamp: update.timestamp,
  };
  return { ...draft, board: { ...next, jobs, lastUpdateAt: now }, changes: [...changes, change] };
}

/** A cell that turns to another job, or to none, leaves the one that was loading in it. */
function withoutLeftJob(board: AppBoard, before: Cell | null, update: CellUpdate): readonly EpmJob[] {
  const jobId = before?.status === 'Loading' ? before.jobId : null;
  if (jobId === null || (jobId === update.jobId && update.status !== 'Blank')) return board.jobs;
  return withJobLeft(board.jobs, jobId, update.domain, update.timestamp);
}

function withAlerts(drafts: readonly Draft[], circumstances: BoardCircumstances): BoardDecision {
  const { actor, ids, now } = circumstances;
  const alertChanges: AlertChange[] = [...endOfIdleness(circumstances)];
  const boards = drafts.map(({ before, board, changes }) => {
    let next: AppBoard = { ...board, version: board.version + 1 };
    for (const domain of new Set(changes.filter(({ applied }) => applied).map(({ domain }) => domain))) {
      const cell = findCell(board, domain) as Cell;
      const found = alertChangesOf(board.app, cell, circumstances, findCell(before, domain));
      if (found.length === 0) continue;
      if (alertChanges.length + found.length <= MOST_ALERTS_AT_ONCE) alertChanges.push(...found);
      else next = withCell(next, { ...cell, alertDue: actor });
    }
    return next;
  });
  const audits = drafts.map(({ board, changes }) => ({
    id: ids.next(),
    app: board.app,
    at: now,
    ...actor,
    changes,
  }));
  return { boards, audits, alertChanges };
}

/**
 * A Warning raises an alert, OK and Blank resolve it; and whatever comes ends a Loading that took too long.
 * @param before the cell as it was: a Warning of which nobody was told yet is told before it begins anew
 */
export function alertChangesOf(
  app: string,
  cell: Cell,
  circumstances: BoardCircumstances,
  before: Cell | null = null,
): readonly AlertChange[] {
  const { domain, status } = cell;
  const changes = [resolveOpen(staleDedupKey(app, domain), `reported ${status}`, circumstances)];
  const isUntold = before?.status === 'Warning' && before.alertDue !== null;
  if (status === 'Warning') changes.push(raise(app, cell, circumstances));
  else if (status !== 'Loading')
    changes.push(
      resolveOpen(warningDedupKey(app, domain), status === 'OK' ? 'OK' : 'cleared', circumstances),
    );
  else if (isUntold) changes.push(raise(app, before, circumstances));
  return changes.filter((change) => change !== null);
}

function raise(app: string, cell: Cell, circumstances: BoardCircumstances): AlertChange {
  const { board, actor } = circumstances;
  const slot = slotOf(circumstances, warningDedupKey(app, cell.domain));
  return raiseAlert(slot, warningCandidate(board, app, cell, actor.correlationId), causeOf(circumstances));
}

function resolveOpen(
  dedupKey: string,
  resolution: string,
  circumstances: BoardCircumstances,
): AlertChange | null {
  const slot = circumstances.slots.get(dedupKey);
  return slot === undefined ? null : resolveAlert(slot, resolution, causeOf(circumstances));
}

function endOfIdleness(circumstances: BoardCircumstances): readonly AlertChange[] {
  const change = resolveOpen(IDLE_DEDUP_KEY, 'updates arrive again', circumstances);
  return change === null ? [] : [change];
}

/**
 * Dedup keys of the alerts that updates may change, as things stand: a push costs no read of what cannot be open.
 * @param boards the apps that the updates name
 * @param quietSince an app that was heard of since then proves that the board is not idle
 */
export function dedupKeysInPlay(
  updates: readonly CellUpdate[],
  boards: ReadonlyMap<string, AppBoard>,
  quietSince: Date,
): readonly string[] {
  const mayBeIdle = [...boards.values()].some(
    ({ lastUpdateAt }) => lastUpdateAt === null || lastUpdateAt.getTime() <= quietSince.getTime(),
  );
  const ofCells = updates.flatMap(({ app, domain, status }) => {
    const board = boards.get(app);
    const cell = board === undefined ? null : findCell(board, domain);
    return [
      ...(cell?.stale === true ? [staleDedupKey(app, domain)] : []),
      ...(status !== 'Loading' || cell?.alertDue != null ? [warningDedupKey(app, domain)] : []),
    ];
  });
  return [...new Set([...(mayBeIdle ? [IDLE_DEDUP_KEY] : []), ...ofCells])];
}

/** Dedup keys of all alerts that updates of these cells may ever change. */
export function dedupKeysOf(
  cells: readonly { readonly app: string; readonly domain: string }[],
): readonly string[] {
  const ofCells = cells.flatMap(({ app, domain }) => [
    staleDedupKey(app, domain),
    warningDedupKey(app, domain),
  ]);
  return [...new Set([IDLE_DEDUP_KEY, ...ofCells])];
}
