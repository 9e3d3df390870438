import { emptyAppBoard, findCell, lastChangeOf, type AppBoard } from '../../../../domain/board/app-board';
import type { Board, BoardApp } from '../../../../domain/board/board';
import { CELL_STATUSES, type Cell } from '../../../../domain/board/cell';
import { mergeJobs, type RecentJob } from '../../../../domain/board/epm-job';
import { toText } from './document';

/** Grows when a field changes its meaning. */
const VERSION = 1;
const FIELDS = ['version', 'last_updated', 'metadata', 'apps', 'recent_jobs'];
const NOTE =
  'Written by Vesper after every change of the board, for reading. It is never read back: editing it changes nothing.';

/**
 * `apps_status.json` (spec 60): every configured cell, those without data as `Blank`. Instants are UTC ISO-8601 with milliseconds, durations seconds.
 * @param states what is known of apps, configured ones or others
 */
export function toBoardExport(board: Board, states: readonly AppBoard[]) {
  const stateOf = ({ name }: BoardApp) => states.find(({ app }) => app === name) ?? emptyAppBoard(name);
  const shown = board.apps.map(stateOf);
  return {
    version: VERSION,
    last_updated: toText(lastChangeOf(shown)),
    metadata: { note: NOTE, time_zone: board.timeZone },
    apps: Object.fromEntries(board.apps.map((app) => [app.name, toApp(app, stateOf(app))])),
    recent_jobs: mergeJobs(shown).map(toJob),
  };
}

/** Whether a value has the shape of what {@link toBoardExport} makes. */
export function isBoardExport(value: unknown): boolean {
  if (!isObject(value) || Object.keys(value).join() !== FIELDS.join()) return false;
  const { version, apps, recent_jobs: jobs } = value;
  return version === VERSION && isObject(apps) && Object.values(apps).every(isApp) && Array.isArray(jobs);
}

function toApp({ displayName, channelIds, domains }: BoardApp, state: AppBoard) {
  return {
    display_name: displayName,
    channels: channelIds,
    domains: Object.fromEntries(domains.map((domain) => [domain, toCell(findCell(state, domain))])),
  };
}

function toCell(cell: Cell | null) {
  return {
    status: cell?.status ?? 'Blank',
    job_id: cell?.jobId ?? null,
    message: cell?.message ?? null,
    updated: toText(cell?.statusAt ?? null),
    duration_sec: cell === null || cell.durationMs === null ? null : cell.durationMs / 1_000,
  };
}

function toJob({ jobId, apps, status, startedAt, completedAt }: RecentJob) {
  return { job_id: jobId, apps, status, started: toText(startedAt), completed: toText(completedAt) };
}

function isApp(value: unknown): boolean {
  if (!isObject(value) || typeof value['display_name'] !== 'string') return false;
  const { channels, domains } = value;
  return Array.isArray(channels) && isObject(domains) && Object.values(domains).every(isCell);
}

function isCell(value: unknown): boolean {
  return isObject(value) && CELL_STATUSES.some((status) => status === value['status']);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
