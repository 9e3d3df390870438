import type { AlertChange } from '../alerts/alert-change';
import { raiseAlert, resolveAlert } from '../alerts/raise-alert';
import { isTooFarAhead } from '../shared/clock-lead';
import { findCell, withCell, type AppBoard } from './app-board';
import { MOST_ALERTS_AT_ONCE } from './board';
import { IDLE_DEDUP_KEY, staleDedupKey, warningCandidate, warningDedupKey } from './board-alerts';
import type { CellChange } from './board-audit';
import { causeOf, slotOf, type BoardCircumstances, type BoardDecision } from './board-decision';
import { InvalidTimestamp } from './board.errors';
import type { Cell, CellUpdate, DatedUpdate } from './cell';
import { findJob, withJobLeft, withJobUpdate, type EpmJob } from './epm-job';
import { dated, judgeUpdate, nextCell } from './next-cell';

/** A board that only hears what it knows is alive all the same; its last sign of life is moved at most this often. */
const HEARD_EVERY_MS = 60 * 60_000;

/** One app while the updates of a request are applied to it. */
interface Draft {
  readonly before: AppBoard;
  readonly board: AppBoard;
  readonly changes: readonly CellChange[];
  /** What was last said of each domain besides `Loading`: a cell that began anew since must not hide it from the alerts. */
  readonly said: ReadonlyMap<string, Cell>;
}

/** Alerts of an earlier update are still due; they come first, or a newer status would hide them. */
export class AlertsStillDue extends Error {
  constructor(readonly app: string) {
    super(`alerts of app ${app} are still due`);
    this.name = 'AlertsStillDue';
  }
}

/**
 * What one or more updates do to the board, its audit and its alerts (spec 20, "Rules of a cell"). Several of one cell apply in their order.
 * @param boards the apps that the updates name
 * @returns `null` when all of them are known already: nothing is to be written
 * @throws InvalidTimestamp when an event time is more than 5 minutes ahead of `now`
 * @throws AlertsStillDue
 */
export function decideCellUpdates(
  boards: ReadonlyMap<string, AppBoard>,
  updates: readonly CellUpdate[],
  circumstances: BoardCircumstances,
): BoardDecision | null {
  const { now } = circumstances;
  const drafts = new Map<string, Draft>();
  for (const [index, update] of updates.entries()) {
    if (update.timestamp !== null && isTooFarAhead(update.timestamp, now))
      throw new InvalidTimestamp(updates.length > 1 ? index : null, update.timestamp, now);
    const board = boards.get(update.app);
    if (board === undefined) throw new TypeError(`the board of app ${update.app} was not read`);
    if (findCell(board, update.domain)?.alertDue != null) throw new AlertsStillDue(update.app);
    const draft = drafts.get(update.app) ?? { before: board, board, changes: [], said: new Map() };
    drafts.set(update.app, applyUpdate(draft, update, now));
  }
  const changed = [...drafts.values()].map((draft) => heard(draft, now));
  const written = changed.filter(({ board, before }) => board !== before);
  return written.length === 0 ? null : withAlerts(written, circumstances);
}

function applyUpdate(draft: Draft, asSent: CellUpdate, now: Date): Draft {
  const { board, changes, said } = draft;
  const before = findCell(board, asSent.domain);
  const update = dated(asSent, before, now);
  const kind = judgeUpdate(before, update);
  if (kind === 'repeated') return draft;
  const applied = kind === 'applied';
  const left = applied ? withoutLeftJob(board, before, update) : board.jobs;
  const jobs = withJobUpdate(left, update, applied && recovers(board, before, update));
  // A late event is kept in the history of its job. Heard again, or without a job, it says nothing new.
  if (!applied && jobs === board.jobs) return draft;
  const cell = nextCell(before, update, now, findJob(board.jobs, update.jobId)?.startedAt ?? null);
  const next = applied ? withCell(board, cell) : board;
  const change: CellChange = {
    domain: update.domain,
    from: before?.status ?? 'Blank',
    to: update.status,
    applied,
    jobId: update.jobId,
    message: update.message,
    timestamp: update.timestamp,
  };
  const isWord = applied && update.status !== 'Loading';
  return {
    before: draft.before,
    board: { ...next, jobs, lastUpdateAt: now },
    changes: [...changes, change],
    said: isWord ? new Map([...said, [cell.domain, cell]]) : said,
  };
}

/** A cell that turns to another job, or to none, leaves the one that was loading in it. */
function withoutLeftJob(board: AppBoard, before: Cell | null, update: DatedUpdate): readonly EpmJob[] {
  const jobId = before?.status === 'Loading' ? before.jobId : null;
  if (jobId === null || (jobId === update.jobId && update.status !== 'Blank')) return board.jobs;
  return withJobLeft(board.jobs, jobId, update.domain, update.timestamp);
}

/** The cell warned about this very job, no other of the app does, and now it is well. */
function recovers({ cells }: AppBoard, before: Cell | null, { status, jobId }: DatedUpdate): boolean {
  const warns = (cell: Cell) => cell.status === 'Warning' && cell.jobId === jobId;
  return status === 'OK' && before !== null && warns(before) && cells.filter(warns).length === 1;
}

/** Pushes that said nothing new are a sign of life. */
function heard(draft: Draft, now: Date): Draft {
  const { board, changes } = draft;
  const lastMs = board.lastUpdateAt?.getTime() ?? now.getTime();
  if (changes.length > 0 || now.getTime() - lastMs < HEARD_EVERY_MS) return draft;
  return { ...draft, board: { ...board, lastUpdateAt: now } };
}

function withAlerts(drafts: readonly Draft[], circumstances: BoardCircumstances): BoardDecision {
  const { actor, ids, now } = circumstances;
  const alertChanges: AlertChange[] = [...endOfIdleness(circumstances)];
  const boards = drafts.map((draft) => {
    let next: AppBoard = { ...draft.board, version: draft.board.version + 1 };
    for (const { cell, said } of changedCells(draft)) {
      const found = alertChangesOf(next.app, cell, circumstances, said);
      if (found.length === 0) continue;
      if (alertChanges.length + found.length <= MOST_ALERTS_AT_ONCE) alertChanges.push(...found);
      else
        next = withCell(next, {
          ...cell,
          alertDue: { ...actor, said: cell.status === 'Loading' ? said : null },
        });
    }
    return next;
  });
  const audits = drafts
    .filter(({ changes }) => changes.length > 0)
    .map(({ board, changes }) => ({ id: ids.next(), app: board.app, at: now, ...actor, changes }));
  return { boards, audits, alertChanges };
}

function changedCells({ board, changes, said }: Draft): readonly { cell: Cell; said: Cell | null }[] {
  const domains = new Set(changes.filter(({ applied }) => applied).map(({ domain }) => domain));
  return [...domains].map((domain) => ({
    cell: findCell(board, domain) as Cell,
    said: said.get(domain) ?? null,
  }));
}

/**
 * A Warning raises an alert, OK and Blank resolve it; and whatever ends a Loading that took too long resolves the alert about that.
 * @param said what was last said of the cell besides `Loading`; `null` when nothing was
 */
export function alertChangesOf(
  app: string,
  cell: Cell,
  circumstances: BoardCircumstances,
  said: Cell | null,
): readonly AlertChange[] {
  const { domain, status } = cell;
  const changes = cell.stale
    ? []
    : [resolveOpen(staleDedupKey(app, domain), `reported ${status}`, circumstances)];
  if (said?.status === 'Warning') changes.push(raise(app, said, circumstances));
  else if (said !== null)
    changes.push(
      resolveOpen(warningDedupKey(app, domain), said.status === 'OK' ? 'OK' : 'cleared', circumstances),
    );
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
      ...(status !== 'Loading' ? [warningDedupKey(app, domain)] : []),
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
