import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { findCell, lastChangeOf } from '../../domain/board/app-board';
import { CELL_STATUSES, type Cell, type CellStatus } from '../../domain/board/cell';
import { mergeJobs, type RecentJob } from '../../domain/board/epm-job';
import type { AppState } from './board-query.service';

const AT = '2026-02-16T14:30:00.000Z';
const CELL = {
  status: 'OK',
  job_id: 'LOAD_20260216_001',
  message: null,
  updated: AT,
  duration_sec: 312.5,
  stale: false,
};

/** A cell as the API shows it. One that never had an update is `Blank`, and `null` otherwise. */
export class CellView {
  @ApiProperty({ description: 'Current status', enum: CELL_STATUSES, example: 'OK' })
  status!: CellStatus;

  @ApiProperty({
    description: 'Job the status belongs to',
    type: 'string',
    nullable: true,
    example: 'LOAD_20260216_001',
  })
  job_id!: string | null;

  @ApiProperty({ description: 'What was told with it', type: 'string', nullable: true, example: null })
  message!: string | null;

  @ApiProperty({
    description: 'Event time of the current status',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: AT,
  })
  updated!: string | null;

  @ApiProperty({
    description:
      'Seconds from `Loading` to the end of the same job; null while it runs, and when its begin is not known',
    type: 'number',
    nullable: true,
    example: 312.5,
  })
  duration_sec!: number | null;

  @ApiProperty({ description: 'Whether it is `Loading` for too long, which was alerted', example: false })
  stale!: boolean;
}

/** A job over all apps that it fills. */
export class RecentJobView {
  @ApiProperty({ description: 'As it was pushed', example: 'LOAD_20260216_001' })
  job_id!: string;

  @ApiProperty({ description: 'Apps that told of it', type: [String], example: ['Planning'] })
  apps!: string[];

  @ApiProperty({
    description:
      '`Loading` until it has ended everywhere, `Warning` once it went wrong anywhere, `Blank` when its cells turned to something else before anybody said how it ended',
    enum: CELL_STATUSES,
    example: 'OK',
  })
  status!: RecentJob['status'];

  @ApiProperty({
    description: 'When it began; null when only its end was heard of',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: '2026-02-16T14:24:47.500Z',
  })
  started!: string | null;

  @ApiProperty({
    description: 'When it ended; null while it runs',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: AT,
  })
  completed!: string | null;
}

const LAST_UPDATED = {
  description: 'Server time of the last update that was not a mere repetition; null before the first',
  type: 'string',
  format: 'date-time',
  nullable: true,
  example: AT,
} as const;

const CELLS = { type: 'object', additionalProperties: { $ref: getSchemaPath(CellView) } } as const;

/** The whole board. */
export class BoardView {
  @ApiProperty(LAST_UPDATED)
  last_updated!: string | null;

  @ApiProperty({
    description: 'Apps, and in each its domains, all that are configured and in that order',
    type: 'object',
    additionalProperties: CELLS,
    example: { Planning: { Actual: CELL } },
  })
  apps!: Record<string, Record<string, CellView>>;

  @ApiProperty({
    description: 'The last 50 jobs, newest first',
    type: [RecentJobView],
    example: [
      {
        job_id: 'LOAD_20260216_001',
        apps: ['Planning'],
        status: 'OK',
        started: '2026-02-16T14:24:47.500Z',
        completed: AT,
      },
    ],
  })
  recent_jobs!: RecentJobView[];
}

/** One app of the board. */
export class AppBoardView {
  @ApiProperty({ description: 'App, as it is configured', example: 'Planning' })
  app!: string;

  @ApiProperty({
    description: 'Its domains, all that are configured and in that order',
    ...CELLS,
    example: { Actual: CELL },
  })
  domains!: Record<string, CellView>;

  @ApiProperty(LAST_UPDATED)
  last_updated!: string | null;
}

export function toBoardView(apps: readonly AppState[]): BoardView {
  return {
    last_updated: toText(lastChangeOf(apps.map(({ state }) => state))),
    apps: Object.fromEntries(apps.map((app) => [app.app.name, toCells(app)])),
    recent_jobs: mergeJobs(apps.map(({ state }) => state)).map(toRecentJobView),
  };
}

export function toAppBoardView(app: AppState): AppBoardView {
  return { app: app.app.name, domains: toCells(app), last_updated: toText(lastChangeOf([app.state])) };
}

function toCells({ app, state }: AppState): Record<string, CellView> {
  return Object.fromEntries(app.domains.map((domain) => [domain, toCellView(findCell(state, domain))]));
}

function toCellView(cell: Cell | null): CellView {
  return {
    status: cell?.status ?? 'Blank',
    job_id: cell?.jobId ?? null,
    message: cell?.message ?? null,
    updated: toText(cell?.statusAt ?? null),
    duration_sec: cell === null || cell.durationMs === null ? null : cell.durationMs / 1_000,
    stale: cell?.stale ?? false,
  };
}

function toRecentJobView({ jobId, apps, status, startedAt, completedAt }: RecentJob): RecentJobView {
  return {
    job_id: jobId,
    apps: [...apps],
    status,
    started: toText(startedAt),
    completed: toText(completedAt),
  };
}

function toText(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
