import type { AlertCandidate, Fact } from '../alerts/alert';
import { findApp, type Board } from './board';
import type { Cell } from './cell';

export function warningDedupKey(app: string, domain: string): string {
  return `board_warning:${app}:${domain}`;
}

export function staleDedupKey(app: string, domain: string): string {
  return `board_stale:${app}:${domain}`;
}

/** One for the whole board. */
export const IDLE_DEDUP_KEY = 'board_idle';

/** The label by which a route finds the app's channels. */
export const APP_LABEL = 'app';

export function warningCandidate(
  board: Board,
  app: string,
  cell: Cell,
  correlationId: string,
): AlertCandidate {
  const facts: Fact[] = [...cellFacts(board, app, cell)];
  if (cell.durationMs !== null) facts.push({ label: 'Ran for', kind: 'duration', ms: cell.durationMs });
  facts.push({ label: 'Warned at', kind: 'instant', at: cell.statusAt });
  return {
    ...aboutCell(board, app, cell, correlationId),
    dedupKey: warningDedupKey(app, cell.domain),
    source: 'board_warning',
    severity: 'critical',
    title: `${displayNameOf(board, app)} · ${cell.domain}: Warning`,
    summary: cell.message ?? 'no message',
    facts,
    excerpt: cell.message,
  };
}

export function staleCandidate(
  board: Board,
  app: string,
  cell: Cell,
  now: Date,
  correlationId: string,
): AlertCandidate {
  const since = loadingSince(cell);
  const facts: Fact[] = [
    ...cellFacts(board, app, cell),
    { label: 'Loading since', kind: 'instant', at: since },
    { label: 'Loading for', kind: 'duration', ms: now.getTime() - since.getTime() },
  ];
  return {
    ...aboutCell(board, app, cell, correlationId),
    dedupKey: staleDedupKey(app, cell.domain),
    source: 'board_stale',
    severity: 'warning',
    title: `${displayNameOf(board, app)} · ${cell.domain} is loading for too long`,
    summary: 'Loading, and nobody said how it ended',
    facts,
    excerpt: null,
  };
}

/** @param lastUpdateAt `null` when the board never had an update */
export function idleCandidate(
  board: Board,
  lastUpdateAt: Date | null,
  idleMs: number,
  correlationId: string,
): AlertCandidate {
  const facts: Fact[] = [{ label: 'No update for', kind: 'duration', ms: idleMs }];
  if (lastUpdateAt !== null) facts.push({ label: 'Last update', kind: 'instant', at: lastUpdateAt });
  return {
    dedupKey: IDLE_DEDUP_KEY,
    source: 'board_idle',
    severity: 'warning',
    title: 'The EPM board gets no updates: check the integration',
    summary: lastUpdateAt === null ? 'not one update has ever arrived' : 'updates have stopped arriving',
    facts,
    excerpt: null,
    timeZone: board.timeZone,
    details: { last_update: lastUpdateAt?.toISOString() ?? null },
    labels: {},
    owner: { slackUserId: null, email: null },
    correlationId,
  };
}

/** From when on a `Loading` counts. */
export function loadingSince(cell: Cell): Date {
  return cell.startedAt ?? cell.statusAt;
}

function aboutCell(board: Board, app: string, cell: Cell, correlationId: string) {
  return {
    timeZone: board.timeZone,
    details: {
      app,
      domain: cell.domain,
      status: cell.status,
      job_id: cell.jobId,
      message: cell.message,
      duration_ms: cell.durationMs,
    },
    labels: { [APP_LABEL]: app, domain: cell.domain },
    owner: { slackUserId: null, email: null },
    correlationId,
  };
}

function cellFacts(board: Board, app: string, { domain, jobId, server }: Cell): readonly Fact[] {
  const facts: Fact[] = [
    { label: 'App', kind: 'text', text: displayNameOf(board, app) },
    { label: 'Domain', kind: 'text', text: domain },
  ];
  if (jobId !== null) facts.push({ label: 'Job', kind: 'text', text: jobId });
  if (server !== null) facts.push({ label: 'Server', kind: 'text', text: server });
  return facts;
}

function displayNameOf(board: Board, app: string): string {
  return findApp(board, app)?.displayName ?? app;
}
