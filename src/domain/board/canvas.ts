import { findCell, lastChangeOf, type AppBoard } from './app-board';
import { appsOf, type Board, type BoardChannel } from './board';
import { loadingSince } from './board-alerts';
import type { CellStatus } from './cell';
import { mergeJobs, type RecentJob } from './epm-job';

/** What a channel's canvas says, as data. */
export interface Canvas {
  readonly channelId: string;
  readonly channelName: string;
  readonly timeZone: string;
  readonly generatedAt: Date;
  /** Of the apps it shows. */
  readonly lastUpdateAt: Date | null;
  readonly apps: readonly CanvasApp[];
  /** Newest first. */
  readonly recentJobs: readonly RecentJob[];
}

export interface CanvasApp {
  readonly displayName: string;
  readonly rows: readonly CanvasRow[];
}

export interface CanvasRow {
  readonly domain: string;
  readonly status: CellStatus;
  readonly stale: boolean;
  readonly jobId: string | null;
  /** Since when it stands; `null` for a cell that never had an update. */
  readonly since: Date | null;
  readonly durationMs: number | null;
  readonly message: string | null;
}

/** @param boards of the channel's apps; an app without one has never had an update */
export function buildCanvas(
  board: Board,
  channel: BoardChannel,
  boards: readonly AppBoard[],
  now: Date,
): Canvas {
  const shown = appsOf(board, channel.id);
  const stateOf = (app: string) => boards.find((state) => state.app === app) ?? null;
  const states = shown.map(({ name }) => stateOf(name)).filter((state) => state !== null);
  return {
    channelId: channel.id,
    channelName: channel.name,
    timeZone: board.timeZone,
    generatedAt: now,
    lastUpdateAt: lastChangeOf(states),
    apps: shown.map(({ name, displayName, domains }) => ({
      displayName,
      rows: domains.map((domain) => toRow(stateOf(name), domain)),
    })),
    recentJobs: mergeJobs(states),
  };
}

function toRow(state: AppBoard | null, domain: string): CanvasRow {
  const cell = state === null ? null : findCell(state, domain);
  if (cell === null) return { domain, ...NEVER_UPDATED };
  const { status, stale, jobId, durationMs, message } = cell;
  const since = status === 'Loading' ? loadingSince(cell) : cell.statusAt;
  return { domain, status, stale, jobId, since, durationMs, message };
}

const NEVER_UPDATED = {
  status: 'Blank',
  stale: false,
  jobId: null,
  since: null,
  durationMs: null,
  message: null,
} as const;
