import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../http/access.decorators';
import type { TaskOutcome, TaskReport } from './task';
import { TaskRunner } from './task-runner';

/** A background job of the answering process. */
export class WorkerView {
  @ApiProperty({ description: 'As in WORKERS', example: 'stale-scan' })
  name!: string;

  @ApiProperty({ description: 'Whether it runs in this process', example: true })
  enabled!: boolean;

  @ApiProperty({ description: 'Whether it is at work now', example: false })
  running!: boolean;

  @ApiProperty({
    description: 'When its last run began',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: '2026-01-15T01:30:00.000Z',
  })
  last_run_at!: string | null;

  @ApiProperty({
    description: 'How long that took, in milliseconds',
    type: 'number',
    nullable: true,
    example: 12,
  })
  last_duration_ms!: number | null;

  @ApiProperty({
    description: '`held_elsewhere`: another instance did it',
    enum: ['done', 'failed', 'timed_out', 'held_elsewhere', null],
    nullable: true,
    example: 'done',
  })
  last_outcome!: TaskOutcome | null;

  @ApiProperty({ description: 'What the last run failed of', type: 'string', nullable: true, example: null })
  last_error!: string | null;

  @ApiProperty({
    description: 'Its next turn',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: '2026-01-15T01:35:00.000Z',
  })
  next_run_at!: string | null;

  @ApiProperty({ description: 'Runs since the process started', type: 'integer', example: 42 })
  runs!: number;

  @ApiProperty({ description: 'How many of them failed or took too long', type: 'integer', example: 0 })
  failures!: number;
}

@ApiTags('operations')
@Controller('workers')
export class WorkersController {
  constructor(private readonly runner: TaskRunner) {}

  @Get()
  @RequireScope('admin')
  @ApiOperation({
    summary: 'What the background jobs of this process did last',
    description: 'With several instances each tells of its own.',
  })
  @ApiOkResponse({ description: 'One entry for each job', type: [WorkerView] })
  list(): WorkerView[] {
    return this.runner.reports().map(toView);
  }
}

function toView(report: TaskReport): WorkerView {
  return {
    name: report.name,
    enabled: report.enabled,
    running: report.running,
    last_run_at: report.lastStartedAt?.toISOString() ?? null,
    last_duration_ms: report.lastDurationMs === null ? null : Math.round(report.lastDurationMs),
    last_outcome: report.lastOutcome,
    last_error: report.lastError,
    next_run_at: report.nextRunAt?.toISOString() ?? null,
    runs: report.runs,
    failures: report.failures,
  };
}
