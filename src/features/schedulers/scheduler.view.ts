import { ApiProperty } from '@nestjs/swagger';
import type { JsonObject } from '../../domain/shared/json-value';
import {
  SCHEDULER_STATUSES,
  type ExecutionTimeSource,
  type Scheduler,
  type SchedulerStatus,
} from '../../domain/schedulers/scheduler';
import { isStale } from '../../domain/schedulers/staleness';

/** A scheduler as the API shows it. Absent optional values are `null`, arrays empty. */
export class SchedulerView {
  @ApiProperty({ description: 'Identifier given at registration', example: 'service-a-eod-process' })
  scheduler_id!: string;

  @ApiProperty({ description: 'Service the job belongs to', example: 'Service A' })
  service_name!: string;

  @ApiProperty({ description: 'What the job is called', example: 'EOD Processing' })
  job_name!: string;

  @ApiProperty({ description: 'Current status', enum: SCHEDULER_STATUSES, example: 'completed' })
  status!: SchedulerStatus;

  @ApiProperty({
    description: 'Event time of the current status; the time of registration until a status is reported',
    format: 'date-time',
    example: '2026-01-15T01:30:00.000Z',
  })
  timestamp!: string;

  @ApiProperty({ description: 'Run time in milliseconds', type: 'integer', nullable: true, example: 15000 })
  execution_time_ms!: number | null;

  @ApiProperty({
    description: '`reported` by the service, or `derived` from the run’s `running` update',
    enum: ['reported', 'derived', null],
    nullable: true,
    example: 'reported',
  })
  execution_time_source!: ExecutionTimeSource | null;

  @ApiProperty({ description: 'Why it failed', type: 'string', nullable: true, example: null })
  error_message!: string | null;

  @ApiProperty({
    description: 'What the service reported beside the status',
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { records_processed: 1000 },
  })
  metadata!: JsonObject | null;

  @ApiProperty({
    description: 'Run the current status belongs to',
    type: 'string',
    nullable: true,
    example: '2026-01-15',
  })
  run_id!: string | null;

  @ApiProperty({
    description: 'Server time of the last sign of life (heartbeat or status update)',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: '2026-01-15T01:30:05.000Z',
  })
  last_heartbeat!: string | null;

  @ApiProperty({
    description: 'When it was first registered',
    format: 'date-time',
    example: '2026-01-15T00:00:00.000Z',
  })
  created_at!: string;

  @ApiProperty({
    description: 'When the record last changed (heartbeats aside)',
    format: 'date-time',
    example: '2026-01-15T01:30:05.000Z',
  })
  updated_at!: string;

  @ApiProperty({ description: 'Whom to ask', type: 'string', nullable: true, example: 'team-a@example.com' })
  owner_email!: string | null;

  @ApiProperty({
    description: 'Slack user or user group mentioned in alerts',
    type: 'string',
    nullable: true,
    example: 'U1234567890',
  })
  alert_user_id!: string | null;

  @ApiProperty({ description: 'Free labels', type: [String], example: ['finance'] })
  tags!: string[];

  @ApiProperty({
    description: 'Own stale timeout in minutes; null: the service-wide one',
    type: 'number',
    nullable: true,
    example: null,
  })
  heartbeat_timeout_minutes!: number | null;

  @ApiProperty({ description: 'EOD windows it belongs to; empty: all', type: [String], example: [] })
  windows!: string[];

  @ApiProperty({ description: 'Running, and silent for longer than its timeout', example: false })
  stale!: boolean;
}

/** The record after a status update. */
export class StatusReceiptView extends SchedulerView {
  @ApiProperty({
    description:
      'Whether the update is what the current status says; `false` for a late one, which went to the history only',
    example: true,
  })
  applied!: boolean;
}

export interface ViewCircumstances {
  readonly defaultTimeoutMinutes: number;
  readonly now: Date;
}

export function toSchedulerView(
  scheduler: Scheduler,
  { defaultTimeoutMinutes, now }: ViewCircumstances,
): SchedulerView {
  return {
    scheduler_id: scheduler.schedulerId,
    service_name: scheduler.serviceName,
    job_name: scheduler.jobName,
    status: scheduler.status,
    timestamp: (scheduler.statusAt ?? scheduler.createdAt).toISOString(),
    execution_time_ms: scheduler.executionTimeMs,
    execution_time_source: scheduler.executionTimeSource,
    error_message: scheduler.errorMessage,
    metadata: scheduler.metadata,
    run_id: scheduler.runId,
    last_heartbeat: scheduler.lastHeartbeat?.toISOString() ?? null,
    created_at: scheduler.createdAt.toISOString(),
    updated_at: scheduler.updatedAt.toISOString(),
    owner_email: scheduler.ownerEmail,
    alert_user_id: scheduler.alertUserId,
    tags: [...scheduler.tags],
    heartbeat_timeout_minutes: scheduler.heartbeatTimeoutMinutes,
    windows: [...scheduler.windows],
    stale: isStale(scheduler, defaultTimeoutMinutes, now),
  };
}
